// The handbook and the runbooks: what everybody may read, with what somebody should not have pasted into it.
import { McpServer, ResourceTemplate, type CallToolResult } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { serveOnLoopback } from './serve.ts';

interface Page {
  readonly title: string;
  readonly section: 'handbook' | 'runbook';
  text: string;
}

const pages = new Map<string, Page>([
  [
    'refund-policy',
    {
      title: 'When we refund',
      section: 'handbook',
      text: 'Duplicates at once, anything else within 30 days. Above 500.00 a second person agrees. Questions: billing@acme.dev.',
    },
  ],
  [
    'on-call',
    {
      title: 'Being on call',
      section: 'handbook',
      text: 'Acknowledge within 10 minutes. Write down what you did in the ticket. Hand over on Wednesdays.',
    },
  ],
  [
    'deploy',
    {
      title: 'Deploying the shop',
      section: 'runbook',
      text: 'Freeze from Friday noon. Canary first, then 10 %, then all. Roll back with `shop rollback`.',
    },
  ],
  [
    'key-rotation',
    {
      title: 'Rotating the API key',
      section: 'runbook',
      text: 'Current key, until we have a vault: acme_live_9fK2mQ7xT4vB8nR1cW5yZ3hL. Rotate it in the console, then restart the workers.',
    },
  ],
]);

const slug = z.string().describe('Such as refund-policy.');

function createDocs(): McpServer {
  const server = new McpServer({ name: 'acme-docs', version: '0.8.0' });

  server.registerTool(
    'search_docs',
    {
      title: 'Search the docs',
      description: 'Pages whose title or text contains the words.',
      inputSchema: z.object({ query: z.string() }),
      annotations: { readOnlyHint: true },
    },
    ({ query }) => {
      const words = query.toLowerCase().split(' ').filter(Boolean);
      const found = [...pages]
        .filter(([, page]) => words.every((word) => `${page.title} ${page.text}`.toLowerCase().includes(word)))
        .map(([name, page]) => `${name}: ${page.title}`);
      return text(found.join('\n') || 'no page');
    },
  );

  server.registerTool(
    'read_page',
    {
      title: 'Read a page',
      description: 'A page of the handbook or of the runbooks.',
      inputSchema: z.object({ slug }),
      annotations: { readOnlyHint: true },
    },
    (wanted) => withPage(wanted.slug, (page) => text(`# ${page.title}\n\n${page.text}`)),
  );

  server.registerTool(
    'edit_page',
    {
      title: 'Edit a page',
      description: 'Replaces the text of a page.',
      inputSchema: z.object({ slug, text: z.string().max(50_000) }),
    },
    (edit) =>
      withPage(edit.slug, (page) => {
        page.text = edit.text;
        return text(`${edit.slug} saved`);
      }),
  );

  server.registerResource(
    'page',
    new ResourceTemplate('docs://{section}/{slug}', {
      list: () => ({
        resources: [...pages].map(([name, page]) => ({ uri: `docs://${page.section}/${name}`, name: page.title })),
      }),
    }),
    { title: 'A page', mimeType: 'text/markdown' },
    (uri, wanted) => {
      const page = pages.get(String(wanted['slug']));
      if (page === undefined || page.section !== wanted['section']) throw new Error(`there is no ${uri.href}`);
      return { contents: [{ uri: uri.href, mimeType: 'text/markdown', text: page.text }] };
    },
  );
  return server;
}

function withPage(name: string, use: (page: Page) => CallToolResult): CallToolResult {
  const page = pages.get(name);
  return page === undefined ? { ...text(`there is no page ${name}`), isError: true } : use(page);
}

function text(value: string): CallToolResult {
  return { content: [{ type: 'text', text: value }] };
}

serveOnLoopback({ factory: createDocs, legacy: 'stateless' });
