import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonFailure } from '../../dataplane/json/scanner.ts';

/** An input that says something of its own, and what the scanner must make of it. */
export interface KeptInput {
  readonly name: string;
  readonly verdict: JsonFailure | 'accepted';
  readonly bytes: Buffer;
}

const folder = new URL('corpus', import.meta.url).pathname;

/**
 * Every kept input. A file holds those of one verdict, each under a name; a byte is written as the character of that
 * number, so that broken UTF-8 and odd line ends survive editors and git.
 */
export function readKeptInputs(): readonly KeptInput[] {
  return readdirSync(folder)
    .sort()
    .flatMap((file) => {
      const inputs = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Readonly<Record<string, string>>;
      const verdict = file.replace('.json', '') as KeptInput['verdict'];
      return Object.entries(inputs).map(([name, bytes]) => ({ name, verdict, bytes: Buffer.from(bytes, 'latin1') }));
    });
}
