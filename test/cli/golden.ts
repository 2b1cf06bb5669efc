import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

/** Compares with `test/golden/cli/<name>`; `npm run golden` rewrites it, and the diff is what to read. */
export function expectGolden(name: string, text: string): void {
  const path = fileURLToPath(new URL(`../golden/cli/${name}`, import.meta.url));
  if (process.env['MCPGW_GOLDEN'] === 'write') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  expect(text).toBe(readFileSync(path, 'utf8'));
}
