import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';

/** The version in package.json, which stands one level further up from `dist/`. */
export const VERSION: string = readVersion();

function readVersion(): string {
  const path = findPackageJSON('..', import.meta.url);
  assert(path !== undefined, 'no package.json above the CLI');
  const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'));
  assert(typeof manifest === 'object' && manifest !== null && 'version' in manifest);
  assert(typeof manifest.version === 'string');
  return manifest.version;
}
