import { VERSION } from '../version.ts';

/**
 * What the gateway is to upstream servers. Which tools some servers offer depends on it, so whoever records a server's
 * tools and whoever calls them must say the same.
 */
export const CLIENT_INFO = { name: 'mcpgw', version: VERSION } as const;

/** Nothing a server could ask of us is declared: no sampling, elicitation or roots. */
export const CLIENT_CAPABILITIES = {} as const;
