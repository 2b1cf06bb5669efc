import type { Document } from '../compiler/source/document.ts';
import { readDocuments } from '../compiler/source/read-documents.ts';
import type { Robot, Workspace } from '../schemas/types/documents.ts';
import type { PolicyFolder } from './policy-folder.ts';

/** The Workspace of a folder; null when there is none without errors. */
export function workspaceOf(folder: PolicyFolder): Document<Workspace> | null {
  const { documents } = readDocuments(folder.files, () => {});
  return documents.find((document): document is Document<Workspace> => document.kind === 'Workspace') ?? null;
}

export interface Robots {
  readonly documents: readonly Document<Robot>[];
  /** Whether there is one of that name, though with errors. */
  readonly isBroken: (name: string) => boolean;
}

export function robotsOf(folder: PolicyFolder): Robots {
  const { documents, broken } = readDocuments(folder.files, () => {});
  return {
    documents: documents.filter((document): document is Document<Robot> => document.kind === 'Robot'),
    isBroken: (name) => broken.has(`Robot/${name}`),
  };
}

/** Whether a document belongs to an environment: it names it, or names none (language.md, Kinds). */
export function appliesIn(document: Document, environment: string): boolean {
  return document.value.environments?.includes(environment) ?? true;
}
