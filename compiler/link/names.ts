import type { PolicyDocument } from '../../schemas/types/documents.ts';
import { adviseWord } from '../fix/replace-word.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import type { Document } from '../source/document.ts';
import type { Lookups } from './lookups.ts';

type Kind = PolicyDocument['kind'];
type OfKind<K extends Kind> = Document<Extract<PolicyDocument, { kind: K }>>;

/** The documents of one environment by kind and name. */
export class Names {
  readonly #byKind: ReadonlyMap<Kind, ReadonlyMap<string, Document>>;
  readonly #lookups: Lookups;
  readonly #finders = new Map<Kind, (name: string) => Document | undefined>();
  readonly #sorted = new Map<Kind, readonly Document[]>();
  readonly #isBroken: (name: string) => boolean;
  /** Whether each document has a name of its own among those of its kind. */
  readonly areUnique: boolean;

  constructor(documents: readonly Document[], broken: ReadonlySet<string>, lookups: Lookups) {
    this.#lookups = lookups;
    this.#isBroken = lookups.way('broken documents', (name) => broken.has(name));
    const byKind = new Map<Kind, Map<string, Document>>();
    let areUnique = true;
    for (const document of documents) {
      const ofKind = byKind.get(document.kind) ?? new Map<string, Document>();
      byKind.set(document.kind, ofKind);
      if (ofKind.has(document.name)) areUnique = false;
      else ofKind.set(document.name, document);
    }
    this.#byKind = byKind;
    this.areUnique = areUnique;
    for (const kind of byKind.keys()) this.#finder(kind);
  }

  /** All documents of a kind, in no order. */
  each<K extends Kind>(kind: K): readonly OfKind<K>[] {
    return [...(this.#byKind.get(kind)?.values() ?? [])] as OfKind<K>[];
  }

  /** All documents of a kind, sorted by name. */
  all<K extends Kind>(kind: K): readonly OfKind<K>[] {
    const known = this.#sorted.get(kind) ?? this.each(kind).toSorted(byName);
    this.#sorted.set(kind, known);
    return known as readonly OfKind<K>[];
  }

  has(kind: Kind, name: string): boolean {
    return this.#finder(kind)(name) !== undefined;
  }

  isDefinedOrBroken(kind: Kind, name: string): boolean {
    return this.has(kind, name) || this.#isBroken(`${kind}/${name}`);
  }

  /**
   * The document that a field names; null, with a diagnostic, when there is none. A document that exists but has
   * errors of its own is null without another diagnostic: one cause, one error.
   */
  resolve<K extends Kind>(kind: K, name: string, at: () => Span): OfKind<K> | null {
    const found = this.#finder(kind)(name);
    if (found !== undefined) return found as OfKind<K>;
    this.unknown(kind, name, at());
    return null;
  }

  unknown(kind: Kind, name: string, span: Span): void {
    if (this.#isBroken(`${kind}/${name}`)) return;
    const known = [...(this.#byKind.get(kind)?.keys() ?? [])];
    this.#lookups.report({
      code: 'link/unknown-reference',
      message: `there is no ${kind} \`${name}\``,
      span,
      ...adviseWord(name, known, span, `define a document of kind ${kind} with that name, or remove the reference`),
    });
  }

  #finder(kind: Kind): (name: string) => Document | undefined {
    const known = this.#finders.get(kind);
    if (known !== undefined) return known;
    const finder = this.#lookups.way(`documents of kind ${kind}`, (name) => this.#byKind.get(kind)?.get(name));
    this.#finders.set(kind, finder);
    return finder;
  }
}

function byName(left: Document, right: Document): number {
  return left.name < right.name ? -1 : 1;
}

/** Audit records name a rule by kind and name, so two documents of one environment may not share them. */
export function checkDuplicateNames(documents: readonly Document[], report: Report): void {
  const firsts = new Map<Kind, Map<string, Document>>();
  const others = new Map<Document, Document[]>();
  for (const document of documents) {
    const ofKind = firsts.get(document.kind) ?? new Map<string, Document>();
    firsts.set(document.kind, ofKind);
    const namesake = ofKind.get(document.name);
    if (namesake === undefined) {
      ofKind.set(document.name, document);
      continue;
    }
    const later = others.get(namesake) ?? [];
    const first = [namesake, ...later].find((other) => environmentsOverlap(other, document));
    others.set(namesake, [...later, document]);
    if (first === undefined) continue;
    report({
      code: 'policy/duplicate-name',
      message: `${document.kind}/${document.name} is already defined`,
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
