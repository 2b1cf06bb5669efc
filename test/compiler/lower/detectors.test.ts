import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PII_ENTITIES } from '../../../dataplane/content/detect/recognize/pii/entities.ts';
import { INJECTION_ENTITIES } from '../../../dataplane/content/detect/recognize/injection/build-injection.ts';
import { SECRET_KINDS } from '../../../dataplane/content/detect/recognize/secrets/kinds.ts';

const SCHEMA = readFileSync(new URL('../../../schemas/policy/redaction-rule.schema.json', import.meta.url), 'utf8');

/** Every list of names in the schema that has one of these. */
function namesBeside(name: string): readonly (readonly string[])[] {
  const lists: (readonly string[])[] = [];
  JSON.parse(SCHEMA, (key, value: unknown) => {
    if (key === 'enum' && Array.isArray(value) && value.includes(name)) lists.push(value.map(String));
    return value;
  });
  return lists;
}

const sorts: [name: string, known: readonly string[]][] = [
  ['personal data', Object.keys(PII_ENTITIES)],
  ['secrets', SECRET_KINDS],
  ['signs of injection', INJECTION_ENTITIES],
];

test.each(sorts)('the schema offers the sorts of %s that the engine knows, and no other', (_name, known) => {
  const lists = namesBeside(known[0] ?? '');
  expect(lists.length).toBeGreaterThan(0);
  for (const list of lists) expect([...list].sort()).toEqual([...known].sort());
});
