import { SERVER_INFO, SERVER_INFO_KEY } from './server-profile.ts';
import type { Era } from './versions.ts';

/** An error of the tool, not of the protocol, as JSON text: what the model reads, so that it can do something else. */
export function errorResult(text: string, era: Era): string {
  const result = { content: [{ type: 'text', text }], isError: true };
  return JSON.stringify(
    era === 'legacy' ? result : { ...result, resultType: 'complete', _meta: { [SERVER_INFO_KEY]: SERVER_INFO } },
  );
}
