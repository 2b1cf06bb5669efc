import { memberOf, parseJsonTree, type JsonTree } from '../../dataplane/format/json-tree.ts';
import { resolvePointer } from '../catalog/key-tree.ts';
import { DECLARED_TEXTS_SCHEMAS_MAX } from '../limits.ts';
import type { LinkedDefinition } from '../link/model.ts';
import { Memo } from '../memo.ts';
import { formOf, type TextForm } from './text-forms.ts';

/** What is known of the texts that some values may hold. */
export interface Texts {
  /** They may be any texts. */
  readonly isAny: boolean;
  /** Those that are written down. */
  readonly values: readonly string[];
  /** What is said of the others; empty = there are no others. */
  readonly forms: readonly TextForm[];
  /** There may be numbers as well. */
  readonly hasNumbers: boolean;
}

export const NO_TEXTS: Texts = { isAny: false, values: [], forms: [], hasNumbers: false };
const ANY: Texts = { ...NO_TEXTS, isAny: true };

/**
 * What texts the arguments of a tool may hold, as far as its input schema declares arguments: a call may carry others, and
 * then it is another call than the one that was reviewed. Errs towards more texts: of what is not understood, any.
 */
export function declaredTexts({ definition }: LinkedDefinition): Texts {
  return declaredBefore.of(definition, [], () => {
    const parsed = parseJsonTree(definition.json);
    const schema = parsed.ok ? memberOf(parsed.tree, 'inputSchema') : null;
    return schema?.kind === 'object' ? new Walk(schema).argumentTexts() : ANY;
  });
}

const declaredBefore = new Memo<LinkedDefinition['definition'], Texts>();

/** Texts of either. */
export function eitherTexts(one: Texts, other: Texts): Texts {
  return {
    isAny: one.isAny || other.isAny,
    values: [...one.values, ...other.values],
    forms: [...one.forms, ...other.forms],
    hasNumbers: one.hasNumbers || other.hasNumbers,
  };
}

/** A schema, and the references that were followed to reach it. */
interface Reached {
  readonly schema: JsonTree;
  readonly followed: readonly string[];
}

const GROUPS = ['anyOf', 'oneOf'] as const;
/** Keywords with schemas that apply to items; `prefixItems` and, in draft 07, `items` may be lists. */
const ITEMS = ['items', 'prefixItems', 'additionalItems', 'contains', 'unevaluatedItems'] as const;
/** What may add members or items in ways that are not followed. */
const NOT_FOLLOWED = [
  'then',
  'else',
  'dependentSchemas',
  'dependencies',
  'unevaluatedProperties',
  '$dynamicRef',
] as const;
/** A schema with none of these does not restrict what texts there are. */
const TELLING = ['type', 'enum', 'const', 'maxLength', 'pattern', 'properties', 'patternProperties', 'items'] as const;

class Walk {
  readonly #root: JsonTree;
  #visited = 0;

  constructor(root: JsonTree) {
    this.#root = root;
  }

  /** A tool that declares no arguments has none. */
  argumentTexts(): Texts {
    const root = { schema: this.#root, followed: [] };
    const isBare = this.#facetsOf(root).every(({ schema }) => !this.#shapesObjects(schema) && !hasGroups(schema));
    return isBare ? NO_TEXTS : (this.#textsOf(root) ?? ANY);
  }

  /** The texts of a value that fits a schema; null = the schema says nothing of it. */
  #textsOf(reached: Reached): Texts | null {
    const { schema } = reached;
    if (schema.kind === 'literal') return schema.value === false ? NO_TEXTS : null;
    const facets = this.#facetsOf(reached);
    const told: Texts[] = [];
    const objects = facets.some((facet) => this.#shapesObjects(facet.schema));
    for (const facet of facets) {
      const own = this.#ownTexts(facet, objects);
      if (own !== null) told.push(own);
      for (const keyword of GROUPS) {
        const group = this.#groupTexts(facet, keyword);
        if (group !== null) told.push(group);
      }
    }
    if (told.length === 0) return null;
    // All hold of the value, so those of any one of them would do; but of objects, each may declare other members.
    return told.reduce(eitherTexts);
  }

  /** The schemas that all hold of one value. */
  #facetsOf({ schema, followed }: Reached): readonly Reached[] {
    this.#visited++;
    if (this.#visited > DECLARED_TEXTS_SCHEMAS_MAX) return [{ schema: UNKNOWN, followed }];
    const facets: Reached[] = [{ schema, followed }];
    const all = memberOf(schema, 'allOf');
    if (all?.kind === 'array') facets.push(...all.items.flatMap((each) => this.#facetsOf({ schema: each, followed })));
    const reference = memberOf(schema, '$ref');
    if (reference !== null) facets.push(...this.#referred(reference, followed));
    return facets;
  }

  /** What is referred to elsewhere or goes in circles may be anything. */
  #referred(reference: JsonTree, followed: readonly string[]): readonly Reached[] {
    const pointer = reference.kind === 'string' ? reference.value : '';
    const target = followed.includes(pointer) ? null : resolvePointer(this.#root, pointer);
    return target === null
      ? [{ schema: UNKNOWN, followed }]
      : this.#facetsOf({ schema: target, followed: [...followed, pointer] });
  }

  #groupTexts({ schema, followed }: Reached, keyword: (typeof GROUPS)[number]): Texts | null {
    const group = memberOf(schema, keyword);
    if (group?.kind !== 'array') return null;
    let texts = NO_TEXTS;
    for (const branch of group.items) {
      const some = this.#textsOf({ schema: branch, followed });
      if (some === null) return null;
      texts = eitherTexts(texts, some);
    }
    return texts;
  }

  /** `objects`: something that holds of the value says which members it has. */
  #ownTexts(reached: Reached, objects: boolean): Texts | null {
    const { schema } = reached;
    if (schema === UNKNOWN || NOT_FOLLOWED.some((keyword) => memberOf(schema, keyword) !== null)) return ANY;
    const written = memberOf(schema, 'const') ?? memberOf(schema, 'enum');
    if (written !== null) return textsIn(written);
    if (!TELLING.some((keyword) => memberOf(schema, keyword) !== null)) return null;
    const types = typesOf(schema);
    let texts = NO_TEXTS;
    if (types.has('string')) texts = eitherTexts(texts, textsOfForm(formOf(schema)));
    if (types.has('number') || types.has('integer')) texts = { ...texts, hasNumbers: true };
    if (types.has('object')) texts = eitherTexts(texts, objects ? this.#memberTexts(reached) : ANY);
    if (types.has('array')) texts = eitherTexts(texts, this.#itemTexts(reached));
    return texts;
  }

  #shapesObjects(schema: JsonTree): boolean {
    const additional = memberOf(schema, 'additionalProperties');
    return (
      additional !== null || ['properties', 'patternProperties'].some((keyword) => memberOf(schema, keyword) !== null)
    );
  }

  #memberTexts({ schema, followed }: Reached): Texts {
    const below = ['properties', 'patternProperties'].flatMap((keyword) => {
      const declared = memberOf(schema, keyword);
      return declared?.kind === 'object' ? declared.members.map(({ value }) => value) : [];
    });
    const additional = memberOf(schema, 'additionalProperties');
    if (additional !== null) below.push(additional);
    return this.#union(below, followed);
  }

  #itemTexts({ schema, followed }: Reached): Texts {
    const items = memberOf(schema, 'items');
    if (items === null || items.kind === 'array') return ANY;
    const below = ITEMS.flatMap((keyword) => {
      const value = memberOf(schema, keyword);
      return value === null ? [] : value.kind === 'array' ? value.items : [value];
    });
    return this.#union(below, followed);
  }

  #union(schemas: readonly JsonTree[], followed: readonly string[]): Texts {
    return schemas.reduce<Texts>(
      (texts, schema) => (texts.isAny ? texts : eitherTexts(texts, this.#textsOf({ schema, followed }) ?? ANY)),
      NO_TEXTS,
    );
  }
}

/** Stands for what is not known. */
const UNKNOWN: JsonTree = { kind: 'literal', start: 0, end: 0, value: null };

function hasGroups(schema: JsonTree): boolean {
  return schema === UNKNOWN || [...GROUPS, ...NOT_FOLLOWED].some((keyword) => memberOf(schema, keyword) !== null);
}

const TYPES: readonly string[] = ['string', 'number', 'integer', 'object', 'array', 'boolean', 'null'];

function typesOf(schema: JsonTree): ReadonlySet<string> {
  const type = memberOf(schema, 'type');
  const listed = type?.kind === 'array' ? type.items : type === null ? [] : [type];
  const names = listed.flatMap((each) => (each.kind === 'string' ? [each.value] : []));
  return new Set(names.length === 0 ? TYPES : names);
}

function textsOfForm(form: TextForm | null): Texts {
  return form === null ? ANY : { ...NO_TEXTS, forms: [form] };
}

/** All texts within a value that is written down. */
function textsIn(value: JsonTree): Texts {
  switch (value.kind) {
    case 'string':
      return { ...NO_TEXTS, values: [value.value] };
    case 'number':
      return { ...NO_TEXTS, hasNumbers: true };
    case 'literal':
      return NO_TEXTS;
    case 'array':
      return value.items.map(textsIn).reduce(eitherTexts, NO_TEXTS);
    case 'object':
      return value.members.map((member) => textsIn(member.value)).reduce(eitherTexts, NO_TEXTS);
  }
}
