import { re2js } from '../../dataplane/content/regex/re2js.ts';
import type { RegexPattern } from '../../dataplane/content/regex/engine.ts';
import { ROBOT_KEY_PATTERN } from '../../dataplane/format/robot-key.ts';
import type { Report, SourceFile } from '../diagnostics/diagnostic.ts';
import type { LinkedPolicy } from '../link/model.ts';
import { Memo } from '../memo.ts';
import type { Document } from '../source/document.ts';
import type { Analysed } from './analysed.ts';

interface Token {
  readonly what: string;
  /** In every such token: most files need no more than to be searched for it. */
  readonly literal: string;
  readonly pattern: string;
}

/** Tokens whose form is published so that scanners find them. */
const TOKENS: readonly Token[] = [
  { what: 'a robot key of mcpgw', literal: 'mgw_', pattern: ROBOT_KEY_PATTERN },
  { what: 'an AWS access key', literal: 'AKIA', pattern: '\\bAKIA[0-9A-Z]{16}\\b' },
  { what: 'a GitHub token', literal: 'gh', pattern: '\\bgh[oprsu]_[A-Za-z0-9]{36}' },
  { what: 'a GitHub token', literal: 'github_pat_', pattern: '\\bgithub_pat_[A-Za-z0-9_]{36}' },
  { what: 'a GitLab token', literal: 'glpat-', pattern: '\\bglpat-[A-Za-z0-9_-]{20}' },
  { what: 'a Slack token', literal: 'xox', pattern: '\\bxox[abeoprs]-[A-Za-z0-9-]{10,}' },
  { what: 'a Stripe key', literal: 'k_live_', pattern: '\\b[rs]k_live_[A-Za-z0-9]{16}' },
  { what: 'an API key of a model provider', literal: 'sk-', pattern: '\\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{32}' },
  { what: 'a Google API key', literal: 'AIza', pattern: '\\bAIza[A-Za-z0-9_-]{35}' },
  { what: 'an npm token', literal: 'npm_', pattern: '\\bnpm_[A-Za-z0-9]{36}' },
  {
    what: 'a signed token',
    literal: 'eyJ',
    pattern: '\\beyJ[A-Za-z0-9_-]{8,}\\.eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{16,}',
  },
  { what: 'a private key', literal: 'PRIVATE KEY-----', pattern: '-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----' },
];

interface Found {
  readonly what: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Secrets in policy files, which name secrets and never hold them. The file that the diagnostic shows has the secret
 * blotted out. Examples of redaction rules and test suites hold such texts for a reason.
 */
export function findLiteralSecrets({ linked }: Analysed, report: Report): void {
  const exempt = Map.groupBy(exemptSpans(linked), ({ file }) => file);
  for (const file of linked.files) {
    const found = foundBefore
      .of(file, [], () => secretsIn(file.text))
      .filter(({ start, end }) => !(exempt.get(file) ?? []).some((span) => span.start <= start && end <= span.end));
    if (found.length === 0) continue;
    const shown: SourceFile = { path: file.path, text: blot(file.text, found) };
    for (const { what, start, end } of found) {
      report({
        code: 'lint/literal-secret',
        message: `this looks like ${what}`,
        span: { file: shown, start, end },
        help: 'revoke it, since it is in the history too; policy names a secret, and proxy.yaml says where it is',
      });
    }
  }
}

const foundBefore = new Memo<SourceFile, readonly Found[]>();

let compiled: readonly (Token & { readonly regex: RegexPattern })[] | null = null;

function secretsIn(text: string): readonly Found[] {
  const found: Found[] = [];
  for (const token of TOKENS) {
    if (!text.includes(token.literal)) continue;
    compiled ??= TOKENS.map((each) => ({ ...each, regex: re2js.compile(each.pattern) }));
    const regex = compiled.find(({ pattern }) => pattern === token.pattern)?.regex;
    const matcher = regex?.matcher(text);
    for (let from = 0; matcher?.find(from) === true; from = matcher.end) {
      found.push({ what: token.what, start: matcher.start, end: matcher.end });
    }
  }
  return found;
}

/** The text with every character of a secret but its first four as `*`, so that offsets stay. */
function blot(text: string, found: readonly Found[]): string {
  const units = text.split('');
  for (const { start, end } of found) units.fill('*', start + VISIBLE_UNITS, end);
  return units.join('');
}

const VISIBLE_UNITS = 4;

function exemptSpans({ content, suites }: LinkedPolicy): readonly ReturnType<Document['spanAt']>[] {
  return [
    ...content.map(({ document }) => document.spanAt(['examples'])),
    ...suites.map((suite) => suite.spanAt(['tests'])),
  ];
}
