import { writeDocument } from '../../compiler/fmt/write-value.ts';
import { failure } from '../failure.ts';
import { isLock, type PolicyFolder } from '../policy-folder.ts';

/** Policy files as an edit would leave them. Nothing is written. */
export interface Draft {
  readonly before: PolicyFolder;
  /** Texts of files that are new or other than before, by path below the root. */
  readonly changes: ReadonlyMap<string, string>;
}

export function draftOf(folder: PolicyFolder): Draft {
  return { before: folder, changes: new Map() };
}

export function withFile({ before, changes }: Draft, path: string, text: string): Draft {
  return { before, changes: new Map([...changes, [path, text]]) };
}

/** One more document, in a file of its own or at the end of one that is there. */
export function withDocument(
  draft: Draft,
  path: string,
  value: Readonly<Record<string, unknown>> & { readonly kind: string },
): Draft {
  const written = writeDocument(withoutAbsent(value));
  const text = textAt(draft, path);
  if (text === null) return withFile(draft, path, written);
  return withFile(draft, path, `${text}${text.endsWith('\n') ? '' : '\n'}---\n${written}`);
}

/** The text of a file as it would be; null when there is none. */
function textAt({ before, changes }: Draft, path: string): string | null {
  return changes.get(path) ?? before.files.find((file) => file.path === path)?.text ?? null;
}

/** The folder as it would be. */
export function folderAfter({ before, changes }: Draft): PolicyFolder {
  const files = new Map([...before.files, ...before.locks].map((file) => [file.path, file]));
  for (const [path, text] of changes) files.set(path, { path, text });
  const all = [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    ...before,
    files: all.filter(({ path }) => !isLock(path)),
    locks: all.filter(({ path }) => isLock(path)),
  };
}

/** Where a new document goes: where `--file` says, or in the customary place. @throws Failure */
export function placeFor(given: string | null, customary: string): string {
  if (given === null) return customary;
  const parts = given.split('/');
  if (/\.ya?ml$/.test(given) && parts.every((part) => /^[^.\s][^\s]*$/.test(part))) return given;
  throw failure('--file', `\`${given}\` is no file below the policy folder`, 'for example `teams/payments.yaml`');
}

function withoutAbsent<T extends object>(value: T): T {
  const kept = Object.entries(value).filter(([, member]) => member !== undefined && member !== null);
  return Object.fromEntries(kept) as T;
}
