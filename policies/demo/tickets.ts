// The help desk's ticket system. Whoever calls needs a bearer token, and writes under the name that the token stands for.
import { McpServer, ResourceTemplate, type CallToolResult } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { serveOnLoopback } from './serve.ts';
import { openTickets, QUEUES, type Ticket } from './tickets-data.ts';

const tickets = openTickets();
const callers = new Map([
  [process.env['TICKETS_DESK_TOKEN'], 'support-desk'],
  [process.env['TICKETS_BOT_TOKEN'], 'triage-bot'],
]);

const ticketId = z.string().describe('Such as T-1041.');

function createTickets(author: string): McpServer {
  const server = new McpServer(
    { name: 'acme-tickets', version: '3.2.0' },
    { instructions: "Customers' tickets. Search before you create; never repeat a customer's payment data." },
  );

  server.registerTool(
    'search_tickets',
    {
      title: 'Search tickets',
      description: 'Tickets whose subject or body contains all words, newest first.',
      inputSchema: z.object({
        query: z.string().describe('Words to look for; empty = every ticket.'),
        queue: z.enum(QUEUES).optional(),
        limit: z.int().min(1).max(50).default(10),
      }),
      annotations: { readOnlyHint: true },
    },
    ({ query, queue, limit }) => {
      const words = query.toLowerCase().split(' ').filter(Boolean);
      const found = [...tickets.values()]
        .filter((ticket) => queue === undefined || ticket.queue === queue)
        .filter((ticket) => words.every((word) => `${ticket.subject} ${ticket.body}`.toLowerCase().includes(word)))
        .slice(0, limit);
      return text(found.map((ticket) => `${ticket.id} [${ticket.status}] ${ticket.subject}`).join('\n') || 'no ticket');
    },
  );

  server.registerTool(
    'get_ticket',
    {
      title: 'Read a ticket',
      description: 'A ticket with its comments.',
      inputSchema: z.object({ id: ticketId }),
      annotations: { readOnlyHint: true },
    },
    ({ id }) => withTicket(id, (ticket) => text(JSON.stringify(ticket, null, 2))),
  );

  server.registerTool(
    'create_ticket',
    {
      title: 'Open a ticket',
      description: 'Opens a ticket in a queue.',
      inputSchema: z.object({
        queue: z.enum(QUEUES),
        subject: z.string().max(200),
        body: z.string().max(10_000),
        customer: z.email(),
      }),
    },
    (opened) => {
      const id = `T-${1041 + tickets.size}`;
      tickets.set(id, { ...opened, id, status: 'open', assignee: null, comments: [] });
      return text(`${id} opened by ${author}`);
    },
  );

  server.registerTool(
    'add_comment',
    {
      title: 'Comment on a ticket',
      description: 'Adds a comment, which the customer can read.',
      inputSchema: z.object({ id: ticketId, text: z.string().max(10_000) }),
    },
    (comment) =>
      withTicket(comment.id, (ticket) => {
        ticket.comments.push({ author, text: comment.text });
        return text(`${author} commented on ${ticket.id}: ${comment.text}`);
      }),
  );

  server.registerTool(
    'assign_ticket',
    {
      title: 'Assign a ticket',
      description: 'Gives a ticket to a person, or to nobody.',
      inputSchema: z.object({ id: ticketId, assignee: z.email().nullable() }),
    },
    ({ id, assignee }) =>
      withTicket(id, (ticket) => {
        ticket.assignee = assignee;
        return text(`${id} is ${assignee === null ? 'unassigned' : `assigned to ${assignee}`}`);
      }),
  );

  server.registerTool(
    'close_ticket',
    {
      title: 'Close a ticket',
      description: 'Closes a ticket; the customer is told.',
      inputSchema: z.object({ id: ticketId }),
    },
    ({ id }) =>
      withTicket(id, (ticket) => {
        ticket.status = 'closed';
        return text(`${id} closed`);
      }),
  );

  server.registerTool(
    'purge_ticket',
    {
      title: 'Purge a ticket',
      description: 'Deletes a ticket and its comments for good.',
      inputSchema: z.object({ id: ticketId }),
      annotations: { destructiveHint: true },
    },
    ({ id }) => withTicket(id, () => text(tickets.delete(id) ? `${id} purged` : `${id} was gone already`)),
  );

  server.registerPrompt(
    'triage',
    {
      title: 'Triage a ticket',
      description: 'What to decide about a new ticket.',
      argsSchema: z.object({ id: ticketId }),
    },
    ({ id }) => ({
      messages: [
        {
          role: 'user',
          content: { type: 'text', text: `Read ticket ${id}. Which queue, how urgent, and is it a duplicate?` },
        },
      ],
    }),
  );

  server.registerResource(
    'ticket',
    new ResourceTemplate('tickets://ticket/{id}', { list: undefined }),
    { title: 'One ticket', mimeType: 'application/json' },
    (uri, { id }) => ({
      contents: [
        { uri: uri.href, mimeType: 'application/json', text: JSON.stringify(tickets.get(String(id)) ?? null) },
      ],
    }),
  );
  return server;
}

function withTicket(id: string, use: (ticket: Ticket) => CallToolResult): CallToolResult {
  const ticket = tickets.get(id);
  return ticket === undefined ? { ...text(`there is no ticket ${id}`), isError: true } : use(ticket);
}

function text(value: string): CallToolResult {
  return { content: [{ type: 'text', text: value }] };
}

serveOnLoopback({
  factory: ({ authInfo }) => createTickets(authInfo?.clientId ?? 'nobody'),
  legacy: 'stateless',
  callerOf: (token) => callers.get(token) ?? null,
});
