import { environmentOf, type SpecCase } from './spec-cases.ts';

interface Exclusion {
  readonly reason: string;
  readonly applies: (each: SpecCase) => boolean;
}

/** Parts of CEL that conditions do not have: their tests say nothing about us. README.md has the reasons in full. */
const NOT_IN_THE_DIALECT: readonly Exclusion[] = [
  {
    reason: 'protobuf messages and enums',
    applies: ({ path, expr, spec }) =>
      /^conformance\/(?:proto2|proto3|proto2_ext|enums|wrappers)\//.test(path) ||
      /TestAllTypes|NestedMessage|[A-Za-z_]\w*\{/.test(expr) ||
      /google\.protobuf\.(?!Timestamp\b|Duration\b)|(?:Timestamp|Duration)\{/.test(expr) ||
      /\.(?:repeated|single|map)_\w+/.test(expr) ||
      /proto/.test(spec.original.container),
  },
  {
    reason: 'optional values',
    applies: ({ path, expr }) =>
      path.startsWith('conformance/optionals/') || /\boptional\.|\.\?|\[\?|[{,] ?\?/.test(expr),
  },
  {
    reason: 'extensions: math, encoders, bindings, blocks',
    applies: ({ path }) => /^conformance\/(?:math_ext|encoders_ext|bindings_ext|block_ext)\//.test(path),
  },
  {
    reason: 'string extension: format and quote',
    applies: ({ path }) => /^conformance\/string_ext\/(?:format|format_errors|quote)\//.test(path),
  },
  {
    reason: 'namespaces of names',
    applies: ({ path, spec }) => path.startsWith('conformance/namespace/') || spec.original.container !== '',
  },
  {
    reason: 'functions and types that a test declares for itself',
    applies: (each) =>
      environmentOf(each) === null || /\bfg_s\(|\bfi_s_s\(|noop_macro|\bcel\.|\.asList\(/.test(each.expr),
  },
];

export function notInTheDialect(each: SpecCase): string | null {
  return NOT_IN_THE_DIALECT.find(({ applies }) => applies(each))?.reason ?? null;
}

/** What we take and the data refuses, or the other way round, on purpose. */
const DEVIATIONS: readonly Exclusion[] = [
  {
    reason: 'two-variable macros were not switched on for the data',
    applies: ({ path }) => /^(?:conformance\/macros2|comprehensions)\//.test(path),
  },
  {
    reason: 'the name of a member between backticks was not switched on for the data',
    applies: ({ expr, spec }) => spec.ast === undefined && /\.`[^`$]*`/.test(expr) && !expr.endsWith('`()'),
  },
  {
    reason: 'numbers of different types compare (language.md)',
    applies: ({ path, expr }) =>
      ['1.0 == 1', '2u != 2'].includes(expr) || (path.startsWith('checking/') && /^1 (?:<|<=|>|>=) 1\.0 &&/.test(expr)),
  },
  {
    reason: 'cel-go takes null for an absent timestamp, and then always fails',
    applies: ({ expr }) => /^null (?:<|<=|>|>=) null$/.test(expr),
  },
  {
    reason: 'cel-go was given a depth of 32 for the data',
    applies: ({ spec }) => /recursion (?:limit|depth) exceeded/.test(spec.error ?? ''),
  },
  {
    reason: 'our accumulators have names that no source can write',
    applies: ({ expr }) => expr.includes('__result__'),
  },
];

export function deviation(each: SpecCase): string | null {
  return DEVIATIONS.find(({ applies }) => applies(each))?.reason ?? null;
}
