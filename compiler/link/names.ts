import type { PolicyDocument } from '../../schemas/types/documents.ts';
import { adviseWord } from '../fix/replace-word.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import type { Document } from '../source/document.ts';

type Kind = PolicyDocument['kind'];
type OfKind<K extends Kind> = Document<Extract<PolicyDocument, { kind: K }>>;

/** The documents of one environment by kind and name. */
export class Names {
  readonly #byKind: ReadonlyMap<Kind, ReadonlyMap<string, Document>>;
  readonly #broken: ReadonlySet<string>;
  readonly #report: Report;

  constructor(documents: readonly Document[], broken: ReadonlySet<string>, report: Report) {
    this.#report = report;
    this.#broken = broken;
    const byKind = new Map<Kind, Map<string, Document>>();
    for (const document of documents) {
      const ofKind = byKind.get(document.kind) ?? new Map<string, Document>();
      byKind.set(document.kind, ofKind);
      if (!ofKind.has(document.name)) ofKind.set(document.name, document);
    }
    this.#byKind = byKind;
  }

  /** All documents of a kind, sorted by name. */
  all<K extends Kind>(kind: K): readonly OfKind<K>[] {
    const ofKind = [...(this.#byKind.get(kind)?.values() ?? [])] as OfKind<K>[];
    return ofKind.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  has(kind: Kind, name: string): boolean {
    return this.#byKind.get(kind)?.has(name) ?? false;
  }

  isDefinedOrBroken(kind: Kind, name: string): boolean {
    return this.has(kind, name) || this.#broken.has(`${kind}/${name}`);
  }

  /**
   * The document that a field names; null, with a diagnostic, when there is none. A document that exists but has
   * errors of its own is null without another diagnostic: one cause, one error.
   */
  resolve<K extends Kind>(kind: K, name: string, at: () => Span): OfKind<K> | null {
    const found = this.#byKind.get(kind)?.get(name);
    if (found !== undefined) return found as OfKind<K>;
    this.unknown(kind, name, at());
    return null;
  }

  unknown(kind: Kind, name: string, span: Span): void {
    if (this.#broken.has(`${kind}/${name}`)) return;
    const known = [...(this.#byKind.get(kind)?.keys() ?? [])];
    this.#report({
      code: 'link/unknown-reference',
      message: `there is no ${kind} \`${name}\``,
      span,
      ...adviseWord(name, known, span, `define a document of kind ${kind} with that name, or remove the reference`),
    });
  }
}

/** Audit records name a rule by kind and name, so two documents of one environment may not share them. */
export function checkDuplicateNames(documents: readonly Document[], report: Report): void {
  const firsts = new Map<string, Document[]>();
  for (const document of documents) {
    const key = `${document.kind}/${document.name}`;
    const earlier = firsts.get(key) ?? [];
    firsts.set(key, [...earlier, document]);
    const first = earlier.find((other) => environmentsOverlap(other, document));
    if (first === undefined) continue;
    report({
      code: 'policy/duplicate-name',
      message: `${key} is already defined`,
      span: document.span,
      help: 'give each document of a kind its own name, or disjoint `environments`',
      related: [{ message: 'first defined here', span: first.span }],
    });
  }
}

function environmentsOverlap(a: Document, b: Document): boolean {
  const ofA = a.value.environments;
  const ofB = b.value.environments;
  if (ofA === undefined || ofB === undefined) return true;
  return ofA.some((environment) => ofB.includes(environment));
}
