import { defineConfig } from 'vitest/config';

/** Where CI wants the results as JSON as well; unset for people. */
const report = process.env['MCPGW_TEST_REPORT'];

/** The data plane never needs code generation; the rest (ajv, the SDK clients) does, so the two cannot share a process. */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    // Only what hangs is to end: a busy machine is no mistake.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Many tests wait for processes of their own, so one core need not be left free.
    maxWorkers: '100%',
    setupFiles: ['test/seed.ts'],
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    projects: [
      {
        extends: true,
        test: {
          name: 'dataplane',
          include: ['test/dataplane/**/*.test.ts'],
          pool: 'forks',
          execArgv: ['--disallow-code-generation-from-strings'],
        },
      },
      {
        extends: true,
        test: { name: 'rest', include: ['test/**/*.test.ts'], exclude: ['test/dataplane/**'], pool: 'forks' },
      },
    ],
  },
});
