import * as fc from 'fast-check';

/**
 * Property tests draw the same inputs in every run, so that a change is never blamed for what it did not do.
 * `MCPGW_SEED` draws others; `npm run soak` draws new ones again and again.
 */
fc.configureGlobal({ seed: Number(process.env['MCPGW_SEED'] ?? 20_261_120) });
