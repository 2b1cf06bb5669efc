import type { Projection } from '../../schemas/types/expression.ts';
import type { Form, FormRow, Policy } from '../../schemas/types/policy.ts';
import { withPatterns, type CompiledCondition } from '../cel/index.ts';
import type { LinkedCondition, LinkedConditionRow, LinkedDefinition } from '../link/model.ts';
import { mergeProjections } from './projections.ts';
import { sorted, type Tables } from './tables.ts';

/** @returns index into the policy's forms; -1 for no condition. */
export function lowerCondition(condition: LinkedCondition | null, tables: Tables): number {
  if (condition === null) return -1;
  const rows = condition.rows.map((row) => lowerRow(row, tables));
  const gateways = condition.gateways?.map((gateway) => tables.gatewayIndex.get(gateway) ?? -1) ?? null;
  const form: Form = { gateways, rows };
  return tables.forms.index(form);
}

/** One condition for all where all are the same, which is the rule: most conditions read what tools have in common. */
function lowerRow(row: LinkedConditionRow, tables: Tables): FormRow {
  const resources = row.resources === null ? -1 : lowerCompiled(row.resources, tables);
  const indexOf = (definition: LinkedDefinition): number => tables.definitionIndex.get(definition) ?? -1;
  const entries = [...row.byDefinition].sort(([a], [b]) => indexOf(a) - indexOf(b));
  const conditions = entries.map(([definition, compiled]) => {
    const { projection } = compiled.condition;
    if (projection !== null) addProjection(indexOf(definition), projection, tables);
    return lowerCompiled(compiled, tables);
  });
  const [first] = conditions;
  if (first === undefined || conditions.every((index) => index === first)) {
    return { definitions: -1, conditions: first === undefined ? [] : [first], resources };
  }
  const definitions = tables.sets.index(sorted(entries.map(([definition]) => indexOf(definition))));
  return { definitions, conditions, resources };
}

function lowerCompiled(compiled: CompiledCondition, tables: Tables): number {
  const known = tables.lowered.get(compiled);
  if (known !== undefined) return known;
  const { condition, patterns } = compiled;
  const expression = withPatterns(condition.expression, (own) => tables.patterns.index(patterns[own] ?? ''));
  const index = tables.conditions.index({ ...condition, expression });
  tables.lowered.set(compiled, index);
  return index;
}

function addProjection(definition: number, projection: Projection, tables: Tables): void {
  const known = tables.projections.get(definition);
  tables.projections.set(definition, known === undefined ? projection : mergeProjections(known, projection));
}

/** What must hold of the arguments of each definition that a condition reads, sorted by definition. */
export function lowerProjections(tables: Tables): Policy['projections'] {
  return [...tables.projections]
    .sort(([a], [b]) => a - b)
    .map(([definition, projection]) => ({ definition, projection }));
}
