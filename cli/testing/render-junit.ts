import type { TestOutcome } from './outcome.ts';

/** JUnit XML, as CI servers read it: a test suite per suite and environment. Without times, so that it is reproducible. */
export function renderJunit(outcomes: readonly TestOutcome[]): string {
  const suites = [...Map.groupBy(outcomes, ({ environment, suite }) => `${suite} in ${environment}`)];
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites ${counts(outcomes)}>`];
  for (const [name, list] of suites) {
    lines.push(`  <testsuite name="${escape(name)}" ${counts(list)}>`);
    for (const outcome of list) lines.push(...renderCase(name, outcome));
    lines.push('  </testsuite>');
  }
  return `${[...lines, '</testsuites>'].join('\n')}\n`;
}

function renderCase(suite: string, { name, at, failure }: TestOutcome): string[] {
  const file = at.replace(/:\d+:\d+$/, '');
  const head = `    <testcase classname="${escape(suite)}" name="${escape(name)}" file="${escape(file)}"`;
  if (failure === null) return [`${head}/>`];
  const text = [
    `${at}: ${name}`,
    `expected ${failure.expected}`,
    `actual ${failure.actual}`,
    ...failure.notes.map((note) => `${note.text}${note.at === null ? '' : ` (${note.at})`}`),
  ];
  const message = `expected ${failure.expected}, actual ${failure.actual}`;
  return [
    `${head}>`,
    `      <failure message="${escape(message)}">${escape(text.join('\n'))}</failure>`,
    '    </testcase>',
  ];
}

function counts(outcomes: readonly TestOutcome[]): string {
  const failures = outcomes.filter((outcome) => outcome.failure !== null).length;
  return `tests="${outcomes.length}" failures="${failures}" errors="0" skipped="0"`;
}

/** Characters that XML 1.0 has no place for, escaped or not, become U+FFFD. */
function escape(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\P{Cc}\t\n\r]|[\uFFFE\uFFFF]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
}
