import type { Workspace } from '../../schemas/types/documents.ts';
import { memberOf } from '../../dataplane/format/json-tree.ts';
import {
  argumentsType,
  compileParsed,
  conditionEnvironment,
  parseExpression,
  promptArguments,
  resourceArguments,
  unknownMembers,
  type CelProblem,
  type ClaimForm,
  type CompiledCondition,
  type ConditionResult,
  type ParsedExpression,
  type RecordType,
} from '../cel/index.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import { codePointName } from '../diagnostics/invisible.ts';
import { replaceWord } from '../fix/replace-word.ts';
import type { Document, Path } from '../source/document.ts';
import type { LinkedCondition, LinkedConditionRow, LinkedDefinition, LinkedGateway } from './model.ts';

/** A condition as it stands in a document. */
export interface WrittenCondition {
  readonly document: Document;
  readonly path: Path;
  readonly text: string;
}

/** What the rule of a condition reaches: the condition is typed once for each. */
export interface Reach {
  readonly definitions: readonly LinkedDefinition[];
  readonly resources: boolean;
  /** Asked for by conditions that speak of the gateway: no other depends on them. */
  readonly gateways: () => readonly LinkedGateway[];
  /** Robots have no claims, so a condition that they meet must ask for each. */
  readonly robots: boolean;
}

/** Types conditions for everything they reach; equal texts over equal types are compiled once. */
export class ConditionLinker {
  readonly #claims: ReadonlyMap<string, ClaimForm>;
  readonly #report: Report;
  readonly #arguments = new Map<LinkedDefinition, RecordType>();
  readonly #results = new Map<string, ConditionResult>();

  constructor(workspace: Document<Workspace>, report: Report) {
    this.#claims = new Map(Object.entries(workspace.value.claims ?? {}));
    this.#report = report;
  }

  /** Null when the condition has errors, which have been reported, each at its place and once for all tools. */
  link(written: WrittenCondition, reach: Reach): LinkedCondition | null {
    if (this.#refuseComment(written) || this.#refuseControl(written)) return null;
    const parsed = parseExpression(written.text);
    const speaksOf = wordsOf(written.text);
    const gateways = speaksOf.has('gateway') ? reach.gateways() : null;
    const results: ConditionResult[] = [];
    const rows = (gateways ?? [null]).map((gateway): LinkedConditionRow => {
      const byDefinition = new Map<LinkedDefinition, CompiledCondition>();
      const compileFor = (definition: LinkedDefinition | null): CompiledCondition | null => {
        const result = this.#compile(parsed, speaksOf, definition, gateway, reach.robots);
        results.push(result);
        return result.ok ? result.compiled : null;
      };
      for (const definition of reach.definitions) {
        const compiled = compileFor(definition);
        if (compiled !== null) byDefinition.set(definition, compiled);
      }
      return { byDefinition, resources: reach.resources ? compileFor(null) : null };
    });
    // Nothing reached, nothing typed: then at least the text must be CEL.
    if (results.length === 0) results.push({ ok: false, errors: parsed.problems, undeclared: [] });
    return this.#reportAll(written, results) ? null : { ...written, gateways, rows };
  }

  #compile(
    parsed: ParsedExpression,
    speaksOf: ReadonlySet<string>,
    definition: LinkedDefinition | null,
    gateway: LinkedGateway | null,
    reachesRobots: boolean,
  ): ConditionResult {
    const tool = definition === null ? null : toolOf(definition);
    const gatewayName = gateway?.document.name ?? null;
    const key = JSON.stringify([
      parsed.text,
      reachesRobots,
      gatewayName,
      speaksOf.has('args') ? (definition?.definition.json ?? null) : null,
      speaksOf.has('tool') ? tool : null,
    ]);
    const known = this.#results.get(key);
    if (known !== undefined) return known;
    const args = definition === null ? RESOURCE : this.#argumentsOf(definition);
    const environment = conditionEnvironment({ args, claims: this.#claims, reachesRobots, tool, gateway: gatewayName });
    const result = compileParsed(parsed, environment);
    this.#results.set(key, result);
    return result;
  }

  #argumentsOf(definition: LinkedDefinition): RecordType {
    const known = this.#arguments.get(definition);
    if (known !== undefined) return known;
    const type = readArguments(definition);
    this.#arguments.set(definition, type);
    return type;
  }

  /** Mistakes over all that is reached: each place once, said for the first tool that has it. */
  #reportAll({ document, path, text }: WrittenCondition, results: readonly ConditionResult[]): boolean {
    const problems = new Map<string, CelProblem>();
    for (const result of results) {
      for (const problem of result.ok ? [] : result.errors) {
        const key = `${problem.code} ${problem.start}-${problem.end}`;
        if (!problems.has(key)) problems.set(key, problem);
      }
    }
    for (const problem of unknownMembers(results.map(({ undeclared }) => undeclared))) {
      problems.set(`${problem.code} ${problem.start}-${problem.end}`, problem);
    }
    for (const { code, message, help, start, end, meant } of problems.values()) {
      const span = document.spanInside(path, start, end);
      const word = text.slice(start, end);
      // A word that is right for one of the tools is not mistyped.
      const isMistyped = results.every((result) => hasProblem(result, { code, start, end, meant: meant ?? '' }));
      this.#report({
        code,
        message,
        help,
        span,
        fix: isMistyped ? replaceWord(span, word, meant ?? '') : null,
      });
    }
    return problems.size > 0;
  }

  /** `"\b"` between double quotes is a backspace in YAML, and no pattern means one. */
  #refuseControl({ document, path, text }: WrittenCondition): boolean {
    const at = text.search(/(?![\t\n])\p{Cc}/u);
    if (at === -1) return false;
    this.#report({
      code: 'policy/bad-text',
      message: `the condition holds the control character ${codePointName(text.charAt(at))}`,
      span: document.spanInside(path, at, at + 1),
      help: 'write the condition between single quotes, which keep backslashes as they are',
    });
    return true;
  }

  /** `when: a # b` is cut by YAML, and nobody who reads it can be sure where. */
  #refuseComment({ document, path }: WrittenCondition): boolean {
    const { file, start, end } = document.spanAt(path);
    const isPlain = !/^['"|>]/.test(file.text.slice(start, start + 1));
    const comment = isPlain ? /^[ \t]+#[^\n]*/.exec(file.text.slice(end)) : null;
    if (comment === null) return false;
    const at = end + comment[0].indexOf('#');
    this.#report({
      code: 'cel/comment',
      message: 'YAML ends the condition here',
      span: { file, start: at, end: end + comment[0].trimEnd().length },
      help: 'quote the condition, or put the comment on a line of its own',
    });
    return true;
  }
}

function hasProblem(result: ConditionResult, wanted: Pick<CelProblem, 'code' | 'start' | 'end' | 'meant'>): boolean {
  const isIt = ({ start, end }: { readonly start: number; readonly end: number }): boolean =>
    start === wanted.start && end === wanted.end;
  const isMeant = ({ code, meant }: CelProblem): boolean => code === wanted.code && meant === wanted.meant;
  return result.undeclared.some(isIt) || (!result.ok && result.errors.some((one) => isIt(one) && isMeant(one)));
}

const RESOURCE = resourceArguments('an argument of reading a resource');

/** The words of a condition: what it may speak of, names in texts included, which costs a little and hides nothing. */
function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.match(/[A-Za-z_][A-Za-z0-9_]*/g));
}

function toolOf({ server, definition }: LinkedDefinition) {
  return {
    server: server.document.name,
    name: definition.name,
    effect: definition.effect ?? 'destructive',
    tags: definition.tags,
  };
}

/** The type of `args` of a tool or prompt, from what its lock records. */
function readArguments({ server, definition }: LinkedDefinition): RecordType {
  const what = `an argument of ${server.document.name}/${definition.name}`;
  const locked = server.lock.definitions.find(
    ({ kind, name }) => kind === definition.kind && name === definition.name,
  )?.definition;
  if (locked === undefined) return argumentsType({ inputSchema: null, what, isOpen: false });
  if (definition.kind === 'template') return RESOURCE;
  const isOpen = server.document.value.arguments === 'open';
  if (definition.kind === 'tool') return argumentsType({ inputSchema: memberOf(locked, 'inputSchema'), what, isOpen });
  const declared = memberOf(locked, 'arguments');
  const items = declared?.kind === 'array' ? declared.items : [];
  return promptArguments(
    what,
    items.flatMap((item) => {
      const name = memberOf(item, 'name');
      const required = memberOf(item, 'required');
      return name?.kind === 'string'
        ? [{ name: name.value, required: required?.kind === 'literal' && required.value === true }]
        : [];
    }),
  );
}
