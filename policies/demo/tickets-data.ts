export interface Comment {
  readonly author: string;
  readonly text: string;
}

export interface Ticket {
  readonly id: string;
  readonly queue: Queue;
  readonly subject: string;
  readonly customer: string;
  readonly body: string;
  status: 'open' | 'waiting' | 'closed';
  assignee: string | null;
  readonly comments: Comment[];
}

export const QUEUES = ['billing', 'delivery', 'account'] as const;
export type Queue = (typeof QUEUES)[number];

/** What customers write: full of what should never reach a model. The card numbers are the schemes' public test numbers. */
export function openTickets(): Map<string, Ticket> {
  const tickets: Ticket[] = [
    {
      id: 'T-1041',
      queue: 'billing',
      subject: 'Charged twice for order 99120471',
      customer: 'nadia.haddad@example.com',
      body: 'I was charged twice. My card is 4111 1111 1111 1111, expiring 08/29. Please send one payment back.',
      status: 'open',
      assignee: null,
      comments: [{ author: 'support-desk', text: 'Both charges are visible in the ledger (pay_7003, pay_7004).' }],
    },
    {
      id: 'T-1042',
      queue: 'delivery',
      subject: 'Parcel has not moved since Monday',
      customer: 'tom.okafor@example.com',
      body: 'Tracking 00340434161094015902 says "in transit" for five days. Order 99120388.',
      status: 'waiting',
      assignee: 'sam@acme.dev',
      comments: [],
    },
    {
      id: 'T-1043',
      queue: 'account',
      subject: 'API stopped working after rotation',
      customer: 'ops@northwind.example',
      body: 'Since the rotation every call answers 401. We send acme_live_9fK2mQ7xT4vB8nR1cW5yZ3hL as before.',
      status: 'open',
      assignee: null,
      comments: [],
    },
    {
      id: 'T-1044',
      queue: 'billing',
      subject: 'Please update the card on file',
      customer: 'lee.chen@example.com',
      body: 'New card: 5555-5555-5555-4444. The old one was 378282246310005.',
      status: 'open',
      assignee: 'ines@acme.dev',
      comments: [{ author: 'triage-bot', text: 'Looks like a duplicate of T-1029.' }],
    },
  ];
  return new Map(tickets.map((ticket) => [ticket.id, ticket]));
}
