/** Every bound of the compiler, with its unit in its name. A policy beyond one draws a diagnostic, never a crash. */

/** UTF-16 units of one policy file. */
export const FILE_UNITS_MAX = 4_194_304;
/** Documents in one file. */
export const DOCUMENTS_PER_FILE_MAX = 10_000;
/** Levels of mappings and lists in a document; only the arguments of a test go deeper than eight. */
export const DOCUMENT_DEPTH_MAX = 64;
/** YAML tokens of one document: about five for each item of a list. */
export const DOCUMENT_TOKENS_MAX = 500_000;
/** Errors of one document's form that are explained: each is compared with every other. */
export const SCHEMA_ERRORS_MAX = 200;
/** Mistakes reported in one file; nobody reads more before mending these. */
export const DIAGNOSTICS_PER_FILE_MAX = 1_000;
/** Characters of the user's text that a message repeats. */
export const QUOTED_CHARACTERS_MAX = 60;
/** UTF-16 units of a word for which "did you mean" is tried: the search grows with the square of it. */
export const SUGGESTED_FOR_CHARACTERS_MAX = 64;
/** UTF-16 units of a line that are looked at around a caret. */
export const EXCERPT_UNITS_MAX = 4_096;
/** Columns of a source line that are shown, however narrow the terminal. */
export const EXCERPT_COLUMNS_MIN = 20;

// catalog, and `mcpgw catalog sync`
/** A lock file. */
export const LOCK_UNITS_MAX = 33_554_432;
/** Definitions of one kind that one server may have. */
export const DEFINITIONS_PER_KIND_MAX = 10_000;
/** UTF-16 units of one definition, written canonically. */
export const DEFINITION_UNITS_MAX = 1_048_576;
/** UTF-16 units of a tool's or prompt's name, or of a template. */
export const DEFINITION_NAME_UNITS_MAX = 1_024;
/** UTF-16 units of what a server says about itself. */
export const SERVER_TEXT_UNITS_MAX = 65_536;
/** Schemas visited to learn the argument names of one tool, a repeated reference counting again. */
export const KEY_TREE_SCHEMAS_MAX = 20_000;
/** Times a reference is followed on one way down an input schema. */
export const KEY_TREE_REFERENCE_REPEATS_MAX = 2;
/** Pages of one list that `catalog sync` asks for. */
export const SYNC_PAGES_MAX = 1_000;
/** Bytes of one answer to `catalog sync`. */
export const SYNC_ANSWER_BYTES_MAX = 16_777_216;
/** Bytes of all answers of one server to `catalog sync`. */
export const SYNC_TOTAL_BYTES_MAX = 67_108_864;
/** Time for one answer to `catalog sync`. */
export const SYNC_ANSWER_MS_MAX = 30_000;
/** Time for one server. */
export const SYNC_TOTAL_MS_MAX = 120_000;

// conditions
/** UTF-16 units of one expression. */
export const CEL_SOURCE_UNITS_MAX = 8_192;
/** Levels of nodes in an expression, and of brackets around one. */
export const CEL_DEPTH_MAX = 64;
/** Macros with variables inside the bodies of one another: work grows with the power of it. */
export const CEL_LOOPS_NESTED_MAX = 4;
/** Problems reported of one expression. */
export const CEL_PROBLEMS_MAX = 20;
/** Levels of records, lists and references that the type of `args` follows. */
export const ARGUMENT_TYPE_DEPTH_MAX = 32;
/** Schemas visited to type the arguments of one tool, a repeated reference counting again. */
export const ARGUMENT_TYPE_SCHEMAS_MAX = 20_000;

// analysis
/** Calls that a condition is asked about to learn whether it is always the same. */
export const CONDITION_CASES_MAX = 1_024;
/** Calls tried in search of one that shows how an invariant is violated. */
export const WITNESS_CALLS_MAX = 4_096;
/** Violations of one invariant that are reported; the rest is counted. */
export const VIOLATIONS_SHOWN_MAX = 5;
/** Related places of one warning. */
export const RELATED_PLACES_MAX = 3;
/** How long before something expires people are told. */
export const EXPIRY_NOTICE_MS = 30 * 86_400_000;
/** Combinations of values of arguments that are tried to see whether a condition is always true. */
export const CEL_CASES_TRIED_MAX = 1_024;
/** Ways in which the expressions of one URI template may be present or absent, told apart. */
export const TEMPLATE_ALTERNATIVES_MAX = 16;

// analysis of content rules
/** Pairs of content rules that are compared: beyond, no more overlaps are found. */
export const OVERLAPS_COMPARED_MAX = 20_000;
/** Overlaps of one rule that are reported. */
export const OVERLAPS_SHOWN_MAX = 3;
/** Schemas visited to learn what texts the arguments of one tool may be, a repeated reference counting again. */
export const DECLARED_TEXTS_SCHEMAS_MAX = 20_000;
