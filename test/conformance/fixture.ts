// A server with everything that both conformance suites ask of one: `node test/conformance/fixture.ts --era both`.
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { toNodeHandler } from '@modelcontextprotocol/node';
import {
  createMcpHandler,
  hostHeaderValidationResponse,
  isLegacyRequest,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  originValidationResponse,
} from '@modelcontextprotocol/server';
import { buildServer } from './fixture/build-server.ts';
import { LegacySessions } from './fixture/legacy-sessions.ts';
import { openStateCodec } from './fixture/state-codec.ts';

const { values } = parseArgs({
  options: { era: { type: 'string', default: 'both' }, port: { type: 'string', default: '0' } },
});

const state = openStateCodec();
const announcements = {
  toolsChanged: (): void => {
    modern.notify.toolsChanged();
    legacy.announce((server) => server.sendToolListChanged());
  },
  promptsChanged: (): void => {
    modern.notify.promptsChanged();
    legacy.announce((server) => server.sendPromptListChanged());
  },
};
const build = (): ReturnType<typeof buildServer> => buildServer(announcements, state);
const modern = createMcpHandler(build, { legacy: 'reject' });
const legacy = new LegacySessions(build);

async function isLegacy(request: Request): Promise<boolean> {
  return values.era === 'legacy' || (values.era === 'both' && (await isLegacyRequest(request)));
}

const handle = toNodeHandler({
  fetch: async (request) =>
    hostHeaderValidationResponse(request, localhostAllowedHostnames()) ??
    originValidationResponse(request, localhostAllowedOrigins()) ??
    ((await isLegacy(request)) ? legacy.fetch(request) : modern.fetch(request)),
});

const http = createServer((request, response) => {
  void handle(Object.assign(request, { method: request.method ?? '', url: request.url ?? '' }), response);
});
http.listen(Number(values.port), '127.0.0.1', () => {
  const address = http.address();
  const port = address === null || typeof address === 'string' ? 0 : address.port;
  console.log(`listening on http://127.0.0.1:${port}/mcp`);
});
// Whoever started it holds the other end; nobody left means nothing left to do.
process.stdin.resume().once('end', () => process.exit(0));
