// The payment ledger. Speaks the protocol of 2026-07-28 only, and routes by merchant: the header `Mcp-Param-Merchant`
// lets a load balancer pick the shard without reading the body.
import { McpServer, type CallToolResult } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { serveOnLoopback } from './serve.ts';

const MERCHANTS = ['acme-eu', 'acme-us'] as const;

interface Payment {
  readonly id: string;
  readonly merchant: (typeof MERCHANTS)[number];
  readonly order: string;
  /** In the currency's smallest unit. */
  readonly amount: number;
  readonly currency: 'eur' | 'usd';
  /** As the acquirer reports it: in full. A public test number. */
  readonly card: string;
  readonly payer: string;
  refunded: number;
}

const payments: readonly Payment[] = [
  {
    id: 'pay_7003',
    merchant: 'acme-eu',
    order: '99120471',
    amount: 4_990,
    currency: 'eur',
    card: '4111 1111 1111 1111',
    payer: 'nadia.haddad@example.com',
    refunded: 0,
  },
  {
    id: 'pay_7004',
    merchant: 'acme-eu',
    order: '99120471',
    amount: 4_990,
    currency: 'eur',
    card: '4111 1111 1111 1111',
    payer: 'nadia.haddad@example.com',
    refunded: 0,
  },
  {
    id: 'pay_7005',
    merchant: 'acme-us',
    order: '99120388',
    amount: 12_450,
    currency: 'usd',
    card: '5555555555554444',
    payer: 'tom.okafor@example.com',
    refunded: 0,
  },
  {
    id: 'pay_7006',
    merchant: 'acme-us',
    order: '99120502',
    amount: 1_299,
    currency: 'usd',
    card: '3782 822463 10005',
    payer: 'lee.chen@example.com',
    refunded: 0,
  },
];
const payoutAccounts = new Map<string, string>([
  ['acme-eu', 'DE89 3704 0044 0532 0130 00'],
  ['acme-us', '021000021 / 9900000002'],
]);

const merchant = z.enum(MERCHANTS).describe('Whose ledger.').meta({ 'x-mcp-header': 'Merchant' });
const paymentId = z.string().describe('Such as pay_7003.');

function createPayments(): McpServer {
  const server = new McpServer({ name: 'acme-payments', version: '1.9.1' });

  server.registerTool(
    'list_payments',
    {
      title: 'List payments',
      description: "A merchant's payments, newest last.",
      inputSchema: z.object({ merchant, order: z.string().optional() }),
      annotations: { readOnlyHint: true },
    },
    (wanted) => {
      const found = payments.filter(
        (entry) => entry.merchant === wanted.merchant && (wanted.order === undefined || entry.order === wanted.order),
      );
      return text(JSON.stringify(found, null, 2));
    },
  );

  server.registerTool(
    'get_payment',
    {
      title: 'Read a payment',
      description: 'A payment with the card it was made with.',
      inputSchema: z.object({ merchant, id: paymentId }),
      outputSchema: z.object({
        id: z.string(),
        order: z.string(),
        amount: z.int(),
        currency: z.string(),
        card: z.string(),
        payer: z.string(),
        refunded: z.int(),
      }),
      annotations: { readOnlyHint: true },
    },
    (wanted) =>
      withPayment(wanted, (entry) => {
        const { id, order, amount, currency, card, payer, refunded } = entry;
        const shown = { id, order, amount, currency, card, payer, refunded };
        return { ...text(JSON.stringify(shown)), structuredContent: shown };
      }),
  );

  server.registerTool(
    'create_refund',
    {
      title: 'Refund a payment',
      description: 'Sends all or part of a payment back to the card it came from.',
      inputSchema: z.object({
        merchant,
        id: paymentId,
        amount: z.int().min(1).describe("In the currency's smallest unit."),
        reason: z.enum(['duplicate', 'fraud', 'requested']),
      }),
      annotations: { idempotentHint: false },
    },
    ({ amount, reason, ...wanted }) =>
      withPayment(wanted, (entry) => {
        if (entry.refunded + amount > entry.amount) return failed(`${entry.id} has less than ${amount} left`);
        entry.refunded += amount;
        return text(`refunded ${amount} ${entry.currency} of ${entry.id} (${reason})`);
      }),
  );

  server.registerTool(
    'set_payout_account',
    {
      title: 'Change where the money goes',
      description: "Replaces the bank account that receives a merchant's payouts.",
      inputSchema: z.object({ merchant, account: z.string() }),
      annotations: { destructiveHint: true },
    },
    (wanted) => {
      payoutAccounts.set(wanted.merchant, wanted.account);
      return text(`payouts of ${wanted.merchant} now go to ${wanted.account}`);
    },
  );
  return server;
}

function withPayment(
  wanted: { readonly merchant: string; readonly id: string },
  use: (entry: Payment) => CallToolResult,
): CallToolResult {
  const entry = payments.find(({ id, merchant: owner }) => id === wanted.id && owner === wanted.merchant);
  return entry === undefined ? failed(`${wanted.merchant} has no payment ${wanted.id}`) : use(entry);
}

function failed(message: string): CallToolResult {
  return { ...text(message), isError: true };
}

function text(value: string): CallToolResult {
  return { content: [{ type: 'text', text: value }] };
}

serveOnLoopback({ factory: createPayments, legacy: 'reject' });
