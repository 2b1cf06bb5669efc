import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderText } from '../../compiler/diagnostics/render-text.ts';
import type { SourceFile } from '../../compiler/diagnostics/diagnostic.ts';
import { compile, environmentsOf, type CompileResult } from '../../compiler/index.ts';
import { goldenFiles, ORGANISATION, type ChangingFile } from './changing-files.ts';

/** Whoever watches a folder compiles it after each change, with the very objects of the files that have not changed. */
class WatchedFolder {
  #files: ReadonlyMap<string, SourceFile> = new Map();

  write(texts: ReadonlyMap<string, string>): void {
    this.#files = new Map(
      [...texts].map(([path, text]) => {
        const before = this.#files.get(path);
        return [path, before?.text === text ? before : { path, text }];
      }),
    );
  }

  /** By environment, or what is wrong with all of them. */
  check(nowMs: number): ReadonlyMap<string, string> {
    const files = [...this.#files.values()];
    const environments = environmentsOf(files.filter(({ path }) => !isLock(path)));
    return new Map(
      (environments.length === 0 ? [''] : environments).map((name) => [name, outcome(files, name, nowMs)]),
    );
  }
}

/** All that anybody can see of a compile: every diagnostic, and the bytes of the bundle. */
function outcome(files: readonly SourceFile[], environment: string, nowMs: number): string {
  const { diagnostics, compiled } = compiledFor(files, environment, nowMs);
  const text = renderText(diagnostics, { colour: false, width: 100 });
  const related = diagnostics.flatMap((diagnostic) =>
    diagnostic.related.map(({ message, span }) => [message, span.start]),
  );
  const bundle = compiled?.bundle();
  return `${text}\n${JSON.stringify(related)}\n${bundle?.id ?? ''}\n${bundle?.policyDigest ?? ''}`;
}

function compiledFor(files: readonly SourceFile[], environment: string, nowMs: number): CompileResult {
  return compile({
    files: files.filter(({ path }) => !isLock(path)),
    locks: files.filter(({ path }) => isLock(path)),
    environment,
    source: { commit: null, dirty: false },
    compilerVersion: '0.0.0',
    nowMs,
  });
}

const isLock = (path: string): boolean => path.endsWith('.lock.json');

/** A check after others is what a first check of the same texts is. */
function expectAsAtFirst(folder: WatchedFolder, texts: ReadonlyMap<string, string>, nowMs: number): void {
  folder.write(texts);
  const again = folder.check(nowMs);
  const fresh = new WatchedFolder();
  fresh.write(texts);
  expect(again).toEqual(fresh.check(nowMs));
}

/** Thousands of compiles, on a machine that may have other work. */
const LONG_MS = 300_000;

/** Nothing expires soon at first; then a robot; then a grant has expired. */
const TIMES_MS = ['2026-10-01', '2026-11-20', '2026-11-25'].map((day) => Date.parse(day));

test('the organisation compiles as it is at first, so that the changes below start from what is analysed', () => {
  const folder = new Map(ORGANISATION.map(({ path, texts }) => [path, { path, text: texts[0] ?? '' }]));
  for (const environment of ['production', 'staging']) {
    const { diagnostics, compiled } = compiledFor([...folder.values()], environment, TIMES_MS[0] ?? 0);
    assert(compiled !== null, renderText(diagnostics, { colour: false, width: 100 }));
  }
});

const { base, cases } = goldenFiles();

test.each([...cases])('%s, and back: each check says what a first one says', (_name, files) => {
  const folder = new WatchedFolder();
  for (const texts of [base, new Map([...base, ...files]), base]) expectAsAtFirst(folder, texts, TIMES_MS[1] ?? 0);
});

/** A few files, so that changes meet, and what happens to them: most get another text, some go, move or break. */
const changes = fc.array(fc.nat(ORGANISATION.length - 1), { minLength: 1, maxLength: 4 }).chain((files) =>
  fc.array(
    fc.record({
      file: fc.constantFrom(...files).map((at) => ORGANISATION[at]!),
      text: fc.nat(),
      how: fc.constantFrom('write', 'write', 'write', 'write', 'remove', 'move', 'comment', 'break'),
      now: fc.constantFrom(...TIMES_MS),
    }),
    { minLength: 4, maxLength: 12 },
  ),
);

/** Which text of each file there is to begin with: mostly the first. */
const beginnings = fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat()), {
  minLength: ORGANISATION.length,
  maxLength: ORGANISATION.length,
});

const textOf = ({ texts }: ChangingFile, at: number): string => texts[at % texts.length] ?? '';

test(
  'after any changes of files of every kind, a check and its bundle are what they are at first',
  () => {
    fc.assert(
      fc.property(beginnings, changes, (beginning, following) => {
        const folder = new WatchedFolder();
        const texts = new Map(ORGANISATION.map((file, at) => [file.path, textOf(file, beginning[at] ?? 0)]));
        expectAsAtFirst(folder, texts, TIMES_MS[0] ?? 0);
        for (const { file, text, how, now } of following) {
          const { path } = file;
          const written = texts.get(path) ?? textOf(file, text);
          texts.delete(path);
          texts.delete(`moved/${path}`);
          if (how === 'write') texts.set(path, textOf(file, text));
          if (how === 'comment') texts.set(path, isLock(path) ? written : `# ${text % 4}\n${written}`);
          if (how === 'break') texts.set(path, isLock(path) ? written.slice(1) : `${written}nonsense: true\n`);
          if (how === 'move') texts.set(`moved/${path}`, written);
          expectAsAtFirst(folder, texts, now);
        }
      }),
      { numRuns: 80 },
    );
  },
  LONG_MS,
);

test(
  'changes between the golden cases, mistakes and all, leave nothing behind',
  () => {
    const names = [...cases.keys()];
    fc.assert(
      fc.property(
        fc.array(fc.subarray(names, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 6 }),
        (steps) => {
          const folder = new WatchedFolder();
          for (const step of steps) {
            const files = step.flatMap((name) => [...(cases.get(name) ?? [])]);
            expectAsAtFirst(folder, new Map([...base, ...files]), TIMES_MS[1] ?? 0);
          }
        },
      ),
      { numRuns: 60 },
    );
  },
  LONG_MS,
);
