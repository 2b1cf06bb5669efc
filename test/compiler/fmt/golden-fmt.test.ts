import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { formatFile, isFormatted } from '../../../compiler/fmt/format-file.ts';

/** Each folder has a file as somebody wrote it, and in canonical form; `npm run golden` rewrites the latter. */
const golden = fileURLToPath(new URL('../../golden/fmt/', import.meta.url));

test.each(readdirSync(golden).sort())('%s', (name) => {
  const after = `${golden}${name}/after.yaml`;
  const formatted = formatFile(readFileSync(`${golden}${name}/before.yaml`, 'utf8'));
  if (process.env['MCPGW_GOLDEN'] === 'write') writeFileSync(after, formatted);
  expect(formatted).toBe(readFileSync(after, 'utf8'));
  expect(isFormatted(formatted)).toBe(true);
});
