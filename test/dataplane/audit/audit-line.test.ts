import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderAuditLine, withDropped } from '../../../dataplane/audit/audit-line.ts';
import type { AuditRecord } from '../../../schemas/types/audit.ts';
import { record } from './record.ts';

const read = (line: string): AuditRecord => JSON.parse(line) as AuditRecord;

interface Schema {
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, unknown>>;
}

const schema = JSON.parse(
  readFileSync(new URL('../../../schemas/audit.schema.json', import.meta.url), 'utf8'),
) as Schema;

describe('a line of the audit log', () => {
  test('has the fields of the schema, in its order, and no other', () => {
    expect(Object.keys(read(renderAuditLine(record('a'))))).toEqual(schema.required);
    expect(Object.keys(read(withDropped(renderAuditLine(record('a')), 3)))).toEqual(Object.keys(schema.properties));
  });

  test('keeps the values of a plain record', () => {
    expect(read(renderAuditLine(record('a')))).toEqual({ ...record('a'), durationMs: 12.346 });
    const empty = { principal: null, client: null, rule: null, era: null, method: null, upstreamMs: null, content: [] };
    expect(read(renderAuditLine(record('a', empty)))).toEqual({ ...record('a', empty), durationMs: 12.346 });
  });

  test('never carries what is not a field, such as arguments', () => {
    const more = {
      arguments: { pan: '4111 1111 1111 1111' },
      principal: { kind: 'person', id: 'u', email: '', token: 's3cret' },
    };
    const line = renderAuditLine({ ...record('a'), ...(more as Partial<AuditRecord>) });
    expect(line).not.toMatch(/4111|s3cret/);
  });

  test('says which guards in alert mode would have denied, within bounds', () => {
    const alert = { id: 3, name: 'Guard/a\nb', at: 'rules.yaml:1:7' };
    const alerts = Array.from({ length: 65 }, () => alert);
    const line = read(renderAuditLine(record('a', { alerts })));
    expect(line.alerts).toEqual(alerts.slice(1).map(() => ({ ...alert, name: 'Guard/a\ufffdb' })));
  });

  const texts: [name: string, text: string, shown: string][] = [
    ['a line end', 'a\nb\r\nc', 'a\ufffdb\ufffd\ufffdc'],
    ['a terminal escape', '\u001b[2Jx', '\ufffd[2Jx'],
    ['an escape of one byte', '\u009b2J', '\ufffd2J'],
    ['DEL', 'a\u007f', 'a\ufffd'],
    ['line and paragraph separators', 'a\u2028b\u2029c', 'a\ufffdb\ufffdc'],
    ['text written backwards', 'a\u202eb\u2066c\u200fd', 'a\ufffdb\ufffdc\ufffdd'],
    ['half of a surrogate pair', 'a\ud800b', 'a\ufffdb'],
    ['no character at all', 'a\ufffeb\uffff', 'a\ufffdb\ufffd'],
    ['other scripts and emoji', 'größe 漢字 👩‍💻', 'größe 漢字 👩‍💻'],
    ['quotes and backslashes', '"a\\', '"a\\'],
    ['a text of the greatest length', 'x'.repeat(512), 'x'.repeat(512)],
    ['a longer text', 'x'.repeat(513), `${'x'.repeat(511)}…`],
    ['a longer text cut in the middle of a pair', `${'x'.repeat(510)}👩👩`, `${'x'.repeat(510)}\ufffd…`],
  ];

  test.each(texts)('with %s', (_name, text, shown) => {
    expect(read(renderAuditLine(record('a', { tool: text }))).tool).toBe(shown);
  });

  test('is one line of printable text, whatever it says', () => {
    const text = fc.string({ unit: 'binary', maxLength: 600 });
    fc.assert(
      fc.property(text, text, (one, two) => {
        const hostile = record(one, {
          tool: two,
          method: one,
          reason: two,
          principal: { kind: 'person', id: one, email: two },
          client: { id: one, name: two, version: one },
          rule: { id: 1, name: one, at: two },
          content: [
            {
              rule: one,
              at: two,
              direction: 'audit',
              action: one,
              mode: 'alert',
              count: 1,
              entities: { [one]: 1, [`${two}x`]: 2 },
              failed: 0,
            },
          ],
        });
        const line = renderAuditLine(hostile);
        expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(Object.keys(read(line))).toEqual(schema.required);
        expect(line.length).toBeLessThan(20_000);
      }),
    );
  });

  test('has numbers that JSON has, and a bounded list of findings', () => {
    const line = read(
      renderAuditLine(
        record('a', {
          durationMs: Number.NaN,
          upstreamMs: Infinity,
          content: Array.from({ length: 99 }, () => record('a').content).flat(),
        }),
      ),
    );
    expect([line.durationMs, line.upstreamMs, line.content.length]).toEqual([0, 0, 64]);
  });
});
