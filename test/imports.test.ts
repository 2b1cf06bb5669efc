import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const root = new URL('..', import.meta.url).pathname;

/** What an import in any form names: `import … from 'x'`, `import 'x'`, `export … from 'x'`, `import('x')`. */
const IMPORT =
  /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;

function importsOf(file: string): readonly string[] {
  return [...readFileSync(join(root, file), 'utf8').matchAll(IMPORT)].map(([, a, b, c]) => a ?? b ?? c ?? '');
}

/** Every module that a program loads, relative to the repository, and every package. */
function reachableFrom(entry: string): { readonly files: ReadonlySet<string>; readonly packages: ReadonlySet<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const queue = [entry];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    for (const name of importsOf(file)) {
      if (name.startsWith('.')) queue.push(relative(root, join(root, dirname(file), name)));
      else if (!name.startsWith('node:'))
        packages.add(
          name
            .split('/')
            .slice(0, name.startsWith('@') ? 2 : 1)
            .join('/'),
        );
    }
  }
  return { files, packages };
}

function sources(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

const folderOf = (file: string): string => file.split('/')[0] ?? '';

test('the proxy reaches nothing of the compiler or the command line, and six packages', () => {
  const { files, packages } = reachableFrom('dataplane/main.ts');
  expect(files.size).toBeGreaterThan(20);
  expect([...new Set([...files].map(folderOf))].sort()).toEqual(['dataplane', 'schemas']);
  expect([...packages].sort()).toEqual(['jose', 'libphonenumber-js', 're2js', 'tldts', 'undici', 'yaml']);
});

test('what the proxy needs has no install script', () => {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<
      Record<string, { readonly hasInstallScript?: boolean; readonly dependencies?: object }>
    >;
  };
  const needed = [...reachableFrom('dataplane/main.ts').packages];
  for (let name = needed.pop(); name !== undefined; name = needed.pop()) {
    const entry = lock.packages[`node_modules/${name}`];
    expect(entry, name).toBeDefined();
    expect(entry?.hasInstallScript ?? false, name).toBe(false);
    needed.push(...Object.keys(entry?.dependencies ?? {}));
  }
});

/** The pure parts of the data plane that the compiler shares with it, so that there is no second evaluator or encoder. */
const SHARED = ['format', 'decide', 'content', 'cel', 'json', 'limits.ts', 'bounded-cache.ts'];

const mayImport: readonly [folder: string, allowed: (file: string) => boolean][] = [
  ['schemas', (file) => folderOf(file) === 'schemas'],
  ['dataplane', (file) => ['dataplane', 'schemas'].includes(folderOf(file))],
  [
    'compiler',
    (file) =>
      ['compiler', 'schemas'].includes(folderOf(file)) ||
      (folderOf(file) === 'dataplane' && SHARED.includes(file.split('/')[1] ?? '')),
  ],
  ['cli', (file) => folderOf(file) !== 'test'],
  ['policies', (file) => folderOf(file) !== 'test'],
];

test.each(mayImport)('%s imports only what it may', (folder, allowed) => {
  const wrong = sources(folder).flatMap((file) =>
    importsOf(file)
      .filter((name) => name.startsWith('.'))
      .map((name) => relative(root, join(root, dirname(file), name)))
      .filter((target) => !allowed(target))
      .map((target) => `${file} imports ${target}`),
  );
  expect(wrong).toEqual([]);
});

test('the compiler touches no file, clock, network or environment', () => {
  const impure = /^node:(?:fs|fs\/promises|http|https|net|child_process|dgram|dns|os|process|timers|worker_threads)$/;
  const wrong = sources('compiler').flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    const imports = importsOf(file).filter((name) => impure.test(name));
    const globals = /\b(?:Date\.now|new Date\(\)|Math\.random|process\.|performance\.now|fetch\()/.exec(text);
    return [...imports, ...(globals === null ? [] : [globals[0]])].map((what) => `${file}: ${what}`);
  });
  expect(wrong).toEqual([]);
});

/** The compiler makes some from its own schemas; the data plane, which meets policy and payload at run time, makes none. */
test('nothing evaluates code, and the data plane makes no regular expression out of a text', () => {
  const forbidden: readonly [folder: string, what: RegExp][] = [
    ['compiler', /\beval\(|new Function\(/],
    ['cli', /\beval\(|new Function\(/],
    ['dataplane', /\beval\(|new Function\(|\bRegExp\(/],
  ];
  const wrong = forbidden.flatMap(([folder, what]) =>
    sources(folder).filter((file) => {
      const text = readFileSync(join(root, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      return what.test(text);
    }),
  );
  expect(wrong).toEqual([]);
});
