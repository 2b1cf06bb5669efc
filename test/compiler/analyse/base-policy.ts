import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../golden/base/', import.meta.url));

/** The files of the policy that the golden cases start from, by their paths. */
export const BASE: ReadonlyMap<string, string> = new Map(
  readdirSync(folder).map((path) => [path, readFileSync(folder + path, 'utf8')]),
);
