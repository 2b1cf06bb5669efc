import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle } from '../../dataplane/bundle/decode.ts';
import { verifyBundle } from '../../dataplane/bundle/verify.ts';
import type { Snapshot } from '../../dataplane/bundle/load.ts';
import { bundleTarPath } from '../../dataplane/format/store-paths.ts';
import { BUNDLE_BYTES_MAX, ENVELOPE_BYTES_MAX } from '../../dataplane/limits.ts';
import { loadOffered, offerTo, offerUnsigned, readTrustedKeys, refusedFile } from '../bundle-file.ts';
import { summarizeBundle, type AssignmentSummary, type BundleSummary, type SubjectAccess } from '../bundle-summary.ts';
import { FORMAT, type Command } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { failure } from '../failure.ts';
import { readBytes } from '../read-file.ts';
import { envelopeBeside, findBundle } from '../store.ts';

export const inspect: Command = {
  name: 'inspect',
  summary: 'show what is in a bundle: who may use what, and where that is written',
  description: 'Whoever signed it: only with --trust are the signatures beside the tar verified. Digests always are.',
  positionals: [{ name: 'BUNDLE', help: 'a bundle (.tar), or its id with --store', required: true }],
  options: {
    store: { value: 'DIR', help: 'bundle store that BUNDLE is an id in, or how one begins' },
    trust: { value: 'FILE', help: 'trust file: verify the signatures too' },
    rule: { value: 'N', help: 'only say where rule N, as in an audit record, is written' },
    format: FORMAT,
  },
  examples: [
    ['mcpgw inspect 3f9a1c --store store', 'gateways, grants and content rules'],
    ['mcpgw inspect store/bundles/3f9a….tar --rule 12', 'the file, line and column of a rule'],
  ],
  async run({ args, terminal }) {
    const path = await bundlePath(args.requiredPositional('BUNDLE'), args.text('store'));
    const { snapshot, signedBy } = await openBundle(path, args.text('trust'));
    const { bundle, engine } = snapshot;
    const json = args.requiredText('format') === 'json';
    const rule = args.text('rule');
    if (rule !== null) {
      terminal.result(renderRule(bundle, rule, json));
      return EXIT.ok;
    }
    const summary = summarizeBundle(bundle, engine);
    if (signedBy === null) terminal.comment('signatures were not verified: give --trust trust.json');
    const { id, policyDigest, manifest } = bundle;
    terminal.result(
      json
        ? `${JSON.stringify({ id, policyDigest, signedBy, manifest, ...summary }, null, 2)}\n`
        : renderBundle(bundle, signedBy, summary),
    );
    return EXIT.ok;
  },
};

async function bundlePath(bundle: string, store: string | null): Promise<string> {
  if (store !== null) return join(store, bundleTarPath(await findBundle(store, bundle)));
  if (/^[0-9a-f]{6,64}$/.test(bundle) && !existsSync(bundle)) {
    throw failure(bundle, 'no such file', 'an id needs the store it is in: --store DIR');
  }
  return bundle;
}

interface Opened {
  readonly snapshot: Snapshot;
  /** Ids of the trusted keys that signed; null when signatures were not verified. */
  readonly signedBy: readonly string[] | null;
}

async function openBundle(path: string, trustPath: string | null): Promise<Opened> {
  const tar = await readBytes(path, BUNDLE_BYTES_MAX);
  if (trustPath === null) return { snapshot: loadOffered(path, offerUnsigned(path, tar)), signedBy: null };
  const trust = await readTrustedKeys(trustPath);
  const envelope = await readBytes(envelopeBeside(path), ENVELOPE_BYTES_MAX);
  const offered = offerTo(trust, { tar, envelope }, null);
  const verified = verifyBundle(offered);
  if (!verified.ok) throw refusedFile(path, verified);
  return { snapshot: loadOffered(path, offered), signedBy: verified.bundle.signedBy.map((key) => key.id) };
}

function renderRule(bundle: Bundle, text: string, json: boolean): string {
  const rule = /^(?:0|[1-9]\d{0,9})$/.test(text) ? Number(text) : -1;
  const place = bundle.ruleAt(rule);
  if (place === null) throw failure('--rule', `the bundle has no rule ${text}`);
  return json ? `${JSON.stringify({ rule, ...place })}\n` : `${place.name} ${place.at}\n`;
}

function renderBundle(bundle: Bundle, signedBy: readonly string[] | null, summary: BundleSummary): string {
  const { manifest } = bundle;
  const { repo, commit, dirty } = manifest.source;
  const state = commit === null ? 'no commit' : `${commit}${dirty ? ' with changes that are not committed' : ''}`;
  const features = manifest.engine.features.length === 0 ? '' : ` with ${manifest.engine.features.join(', ')}`;
  const lines = [
    `bundle       ${bundle.id}`,
    `policy       ${bundle.policyDigest}`,
    `workspace    ${manifest.workspace}, environment ${manifest.environment}`,
    `source       ${repo === null ? state : `${repo}, ${state}`}`,
    `made by      mcpgw ${manifest.compiler}, language ${manifest.language}; needs engine ${manifest.engine.min}${features}`,
    `signed by    ${signedBy === null ? 'not verified' : signedBy.join(', ')}`,
    `counts       ${Object.entries(manifest.counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')}`,
  ];
  for (const gateway of summary.gateways) {
    const { tools, prompts, templates } = gateway;
    const counts = renderCounts({ tool: tools, prompt: prompts, template: templates });
    lines.push('', `gateway ${gateway.name}: ${counts}; stale mode ${gateway.staleMode}`);
    for (const assignment of gateway.assignments) lines.push(renderAssignment(assignment));
    for (const access of gateway.access) lines.push(...renderAccess(access));
  }
  const rules = { guards: summary.guards, limits: summary.limits, 'content rules': summary.contentRules };
  for (const [heading, list] of Object.entries(rules)) {
    if (list.length > 0) lines.push('', heading);
    for (const rule of list) lines.push(`  ${rule.name}: ${rule.action}  ${rule.at ?? ''}`.trimEnd());
  }
  return `${lines.join('\n')}\n`;
}

function renderAssignment({ name, server, identity, strictDrift, uriPrefix }: AssignmentSummary): string {
  const uris =
    uriPrefix === null ? '' : uriPrefix === '' ? ', resources under their own URIs' : `, resources as ${uriPrefix}URI`;
  return `  ${name}: server ${server}, as ${identity}${uris}${strictDrift ? ', strict about drift' : ''}`;
}

/** `3 tools, 1 prompt`: tools are always counted, others where there are any. */
function renderCounts(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([noun, count]) => noun === 'tool' || count > 0)
    .map(([noun, count]) => plural(count, noun))
    .join(', ');
}

function renderAccess({ subject, disabled, tools, prompts, resources, grants }: SubjectAccess): string[] {
  const state = disabled === null ? '' : ' (disabled)';
  return [
    `  ${subject}${state}: ${renderCounts({ tool: tools, prompt: prompts, 'resource pattern': resources.length })}`,
    ...grants.map(({ name, at, expires }) => `    ${name}${expires === null ? '' : `, until ${expires}`}  ${at}`),
  ];
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
