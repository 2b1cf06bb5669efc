import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { SourceFile } from '../../compiler/diagnostics/diagnostic.ts';
import { compile } from '../../compiler/index.ts';
import { ORGANISATION } from './changing-files.ts';

const CHANGES = 200;

/** Runs until nothing more is found: what a job has looked at through a WeakRef stays until the job ends. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => {
      setTimeout(resolve, 1);
    });
    if (typeof collect === 'function') collect();
  }
}

function check(files: readonly SourceFile[]): void {
  for (const environment of ['production', 'staging']) {
    compile({
      files: files.filter(({ path }) => path.endsWith('.yaml')),
      locks: files.filter(({ path }) => path.endsWith('.json')),
      environment,
      source: { commit: null, dirty: false },
      compilerVersion: '0.0.0',
      nowMs: Date.UTC(2026, 10, 20),
    });
  }
}

test(`after ${CHANGES} changes, nothing of the texts that are gone is remembered`, async () => {
  let files: readonly SourceFile[] = ORGANISATION.map(({ path, texts }) => ({ path, text: texts[0] ?? '' }));
  const gone: WeakRef<SourceFile>[] = [];
  check(files);
  for (let at = 0; at < CHANGES; at++) {
    // All but the Workspace, which would take everything with it.
    const index = 1 + (at % (ORGANISATION.length - 1));
    const { texts = [] } = ORGANISATION[index] ?? {};
    files = files.map((file, place) => {
      if (place !== index) return file;
      gone.push(new WeakRef(file));
      return { path: file.path, text: texts[Math.floor(at / ORGANISATION.length) % texts.length] ?? '' };
    });
    check(files);
  }
  await collectGarbage();
  expect(gone.filter((file) => file.deref() !== undefined).length).toBe(0);
});
