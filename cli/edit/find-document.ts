import { join } from 'node:path';
import { positionAt } from '../../compiler/diagnostics/position.ts';
import type { Document } from '../../compiler/source/document.ts';
import { readDocuments } from '../../compiler/source/read-documents.ts';
import type { PolicyDocument } from '../../schemas/types/documents.ts';
import { failure } from '../failure.ts';
import { appliesIn } from '../policy-documents.ts';
import type { PolicyFolder } from '../policy-folder.ts';

type Kind = PolicyDocument['kind'];
type DocumentOf<K extends Kind> = Document<Extract<PolicyDocument, { readonly kind: K }>>;

/**
 * The document of a kind and name that an edit is about; null when there is none yet.
 * @throws Failure when it has errors, or when environments have each their own and none is named.
 */
export function findDocument<K extends Kind>(
  folder: PolicyFolder,
  kind: K,
  name: string,
  environment: string | null,
): DocumentOf<K> | null {
  const { documents, broken } = readDocuments(folder.files, () => {});
  const named = documents.filter((one): one is DocumentOf<K> => one.kind === kind && one.name === name);
  const found = environment === null ? named : named.filter((one) => appliesIn(one, environment));
  const [first, second] = found;
  if (second !== undefined) {
    const environments = found.flatMap(({ value }) => value.environments ?? []).join(', ');
    throw failure('--environment', `is required: \`${name}\` has a document for each of ${environments}`);
  }
  if (first === undefined && broken.has(`${kind}/${name}`)) {
    throw failure(name, `the ${kind} has errors`, `mcpgw check ${folder.root}`);
  }
  return first ?? null;
}

/** `policies/teams.yaml:3`, for messages. */
export function whereIs(folder: PolicyFolder, document: Document): string {
  const { file, start } = document.span;
  return `${join(folder.root, file.path)}:${positionAt(file, start).line}`;
}
