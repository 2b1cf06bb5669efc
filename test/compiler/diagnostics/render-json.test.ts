import { expect, test } from 'vitest';
import { diagnosticOf } from '../../../compiler/diagnostics/diagnostic.ts';
import { renderJson } from '../../../compiler/diagnostics/render-json.ts';

test('programs get the same fields as people, with both ends of the place', () => {
  const file = { path: 'a.yaml', text: '𝒳: bad\nname: |\n  x\n  y\n' };
  const span = { file, start: file.text.indexOf('bad'), end: file.text.indexOf('bad') + 3 };
  const related = [
    { message: 'here too', span: { file, start: file.text.indexOf('x'), end: file.text.indexOf('y') + 1 } },
  ];
  const fix = { title: 'write `good`', edits: [{ span, insert: 'good' }] };
  const problem = diagnosticOf({ code: 'policy/unknown-key', message: 'wrong', span, help: 'mend it', related, fix });
  const warning = diagnosticOf({ code: 'lint/many-tools', message: 'many', span });
  expect(JSON.parse(renderJson([problem, warning]))).toEqual({
    errors: 1,
    warnings: 1,
    diagnostics: [
      {
        code: 'policy/unknown-key',
        severity: 'error',
        message: 'wrong',
        file: 'a.yaml',
        start: { line: 1, column: 4 },
        end: { line: 1, column: 7 },
        help: 'mend it',
        related: [{ message: 'here too', file: 'a.yaml', start: { line: 3, column: 3 }, end: { line: 4, column: 4 } }],
        fix: {
          title: 'write `good`',
          edits: [{ file: 'a.yaml', start: { line: 1, column: 4 }, end: { line: 1, column: 7 }, insert: 'good' }],
        },
      },
      {
        code: 'lint/many-tools',
        severity: 'warning',
        message: 'many',
        file: 'a.yaml',
        start: { line: 1, column: 4 },
        end: { line: 1, column: 7 },
        help: null,
        related: [],
        fix: null,
      },
    ],
  });
});

test('nothing to say is still JSON', () => {
  expect(JSON.parse(renderJson([]))).toEqual({ errors: 0, warnings: 0, diagnostics: [] });
});
