import { crc32 } from 'node:zlib';
import { parseRobotKey, ROBOT_KEY_PATTERN } from '../../../../format/robot-key.ts';

/** A secret that is told by its own form. */
export interface SecretForm {
  readonly kind: string;
  /** One of these is in every match; empty = nothing is. */
  readonly literals: readonly string[];
  /** RE2 syntax. What it matches ends where the token ends: whoever runs it looks at what comes next. */
  readonly pattern: string;
  /** Units at the beginning of a match that are no part of the secret. */
  readonly skip: number;
  readonly score: number;
  /** Whether what the token says of itself holds; a token whose sum is wrong is kept, and believed less. */
  readonly check: ((token: string) => boolean) | null;
}

/** Characters that tokens go on with: a match that ends before one of them is a part of something longer. */
export const TOKEN_SIGNS = '_-';

const CERTAIN = 0.9;
const LIKELY = 0.7;
const U = '[0-9A-Za-z_-]';
const W = '[0-9A-Za-z]';
const H = '[0-9a-f]';

/** `literals` with spaces between. */
function form(
  kind: string,
  literals: string,
  pattern: string,
  score = CERTAIN,
  check: SecretForm['check'] = null,
): SecretForm {
  return { kind, literals: literals.split(' ').filter((literal) => literal !== ''), pattern, skip: 0, score, check };
}

/** The last six characters are the CRC-32 of those between the prefix and them, in base 62 (GitHub's and npm's tokens). */
function hasBase62Sum(token: string): boolean {
  const body = token.slice(token.indexOf('_') + 1, -6);
  return token.endsWith(base62(crc32(body)).padStart(6, '0'));
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function base62(number: number): string {
  let text = '';
  for (let left = number; left > 0; left = Math.floor(left / 62)) text = BASE62.charAt(left % 62) + text;
  return text;
}

/** Forms that issuers publish, for scanners to find. */
export const SECRET_FORMS: readonly SecretForm[] = [
  form('AWS_ACCESS_KEY', 'AKIA ASIA ABIA ACCA', '\\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\\b'),
  form('GCP_API_KEY', 'AIza', `\\bAIza${U}{35}`),
  form('GCP_OAUTH_TOKEN', 'ya29.', `\\bya29\\.${U}{30,}`),
  form('GOOGLE_CLIENT_SECRET', 'GOCSPX-', `\\bGOCSPX-${U}{28}`),
  { ...form('AZURE_STORAGE_KEY', 'AccountKey=', '\\bAccountKey=[0-9A-Za-z+/]{86}=='), skip: 'AccountKey='.length },
  form('AZURE_CLIENT_SECRET', 'Q~', '[0-9A-Za-z_.~-]{3}[78]Q~[0-9A-Za-z_.~-]{31,34}'),
  form('GITHUB_TOKEN', 'gho_ ghp_ ghs_ ghu_ ghr_', `\\bgh[opsur]_${W}{36}`, 0.5, hasBase62Sum),
  form('GITHUB_TOKEN', 'github_pat_', `\\bgithub_pat_${W}{22}_${W}{59}`),
  form('NPM_TOKEN', 'npm_', `\\bnpm_${W}{36}`, 0.5, hasBase62Sum),
  form('PYPI_TOKEN', 'pypi-AgE', `\\bpypi-AgE${U}{50,}`),
  form('RUBYGEMS_TOKEN', 'rubygems_', `\\brubygems_${H}{48}`),
  form('CRATES_TOKEN', 'cio', `\\bcio${W}{32}\\b`, LIKELY),
  form(
    'GITLAB_TOKEN',
    'glpat- glptt- gldt- glrt- glcbt- glft- glsoat- glagent- gloas- glimt- glffct-',
    `\\bgl(?:pat|ptt|dt|rt|cbt|ft|soat|agent|oas|imt|ffct)-${U}{20,}`,
  ),
  form('BITBUCKET_TOKEN', 'ATBB', `\\bATBB${W}{24}${H}{8}\\b`, LIKELY),
  form('ATLASSIAN_TOKEN', 'ATATT3xFf', '\\bATATT3xFf[0-9A-Za-z=_-]{150,}'),
  form('SLACK_TOKEN', 'xox', '\\bxox[abeoprs]-[0-9A-Za-z-]{20,}'),
  form('SLACK_TOKEN', 'xapp-', '\\bxapp-[0-9]-[0-9A-Z]{5,}-[0-9]{5,}-[0-9a-f]{32,}'),
  form(
    'SLACK_WEBHOOK',
    'hooks.slack.com/',
    'https://hooks\\.slack\\.com/(?:services|workflows|triggers)/[0-9A-Za-z+/]{30,}',
  ),
  form('DISCORD_WEBHOOK', '/api/webhooks/', `https://discord(?:app)?\\.com/api/webhooks/[0-9]{15,}/${U}{50,}`),
  form('DISCORD_TOKEN', '', `\\b[MNO]${W}{23,25}\\.${U}{6}\\.${U}{27,40}`, LIKELY),
  form('STRIPE_KEY', '_live_ _test_', `\\b(?:sk|rk)_(?:live|test)_${W}{20,}`),
  form('STRIPE_KEY', 'whsec_', `\\bwhsec_${W}{24,}`),
  form('SQUARE_TOKEN', 'EAAA sq0', `\\b(?:EAAA${U}{60}|sq0(?:atp|csp)-${U}{22,43})`),
  form('OPENAI_KEY', 'sk-', `\\bsk-(?:proj|svcacct|admin|None)-${U}{40,}`),
  form('OPENAI_KEY', 'T3BlbkFJ', `\\bsk-${W}{20}T3BlbkFJ${W}{20}`),
  form('ANTHROPIC_KEY', 'sk-ant-', `\\bsk-ant-[a-z0-9]{3,10}-${U}{80,}`),
  form('HUGGINGFACE_TOKEN', 'hf_', `\\bhf_${W}{34}`),
  form('REPLICATE_TOKEN', 'r8_', `\\br8_${W}{37}`, LIKELY),
  form('SENDGRID_KEY', 'SG.', `\\bSG\\.${U}{22}\\.${U}{43}`),
  form('MAILGUN_KEY', 'key-', `\\bkey-${H}{32}\\b`, LIKELY),
  form('TWILIO_KEY', 'SK', `\\bSK${H}{32}\\b`, LIKELY),
  form('TELEGRAM_TOKEN', ':AA', `\\b[0-9]{8,10}:AA${U}{33}`),
  form('DIGITALOCEAN_TOKEN', '_v1_', `\\bdo[oprt]_v1_${H}{64}`),
  form('HEROKU_KEY', 'HRKU-', `\\bHRKU-${U}{36,}`),
  form('SHOPIFY_TOKEN', 'shp', '\\bshp(?:at|ca|pa|ss|tka)_[0-9a-fA-F]{32}'),
  form('DATABRICKS_TOKEN', 'dapi', `\\bdapi${H}{32}`),
  form('VAULT_TOKEN', 'hvb. hvs. hvr.', `\\bhv[bsr]\\.${U}{24,}`),
  form('TERRAFORM_TOKEN', '.atlasv1.', `\\b${W}{14}\\.atlasv1\\.[0-9A-Za-z_=-]{60,70}`),
  form('PULUMI_TOKEN', 'pul-', `\\bpul-${H}{40}\\b`),
  form('DOPPLER_TOKEN', 'dp.', `\\bdp\\.(?:pt|st|ct|scim|audit)\\.${W}{40,44}`),
  form('DOCKER_TOKEN', 'dckr_', `\\bdckr_(?:pat|oat)_${U}{27,32}`),
  form('GRAFANA_TOKEN', 'glsa_ glc_', `\\bgl(?:sa_${W}{32}_[0-9A-Fa-f]{8}|c_[0-9A-Za-z+/]{32,}={0,2})`),
  form('NEWRELIC_KEY', 'NRAK- NRII- NRRA-', '\\bNR(?:AK|II|RA)-[0-9A-Z]{27,}'),
  form('SENTRY_TOKEN', 'sntrys_ sntryu_', '\\bsntry[su]_[0-9A-Za-z+/=_-]{40,}'),
  form('DYNATRACE_TOKEN', 'dt0', '\\bdt0[a-z][0-9]{2}\\.[0-9A-Z]{24}\\.[0-9A-Z]{64}'),
  form('POSTMAN_KEY', 'PMAK-', `\\bPMAK-${H}{24}-${H}{34}`),
  form('LINEAR_KEY', 'lin_', `\\blin_(?:api|oauth)_${W}{40,}`),
  form('NOTION_TOKEN', 'ntn_ secret_', `\\b(?:ntn_${W}{40,}|secret_${W}{43})`),
  form('FIGMA_TOKEN', 'figd_ figu_ figr_', `\\bfig[dur]_${U}{40,}`),
  form('ASANA_TOKEN', '1/ 2/', `\\b[0-9]/[0-9]{16}(?:/[0-9]{16})?:${H}{32}`),
  form('AIRTABLE_TOKEN', 'pat', `\\bpat${W}{14}\\.${H}{64}`),
  form('SUPABASE_TOKEN', 'sbp_', `\\bsbp_${H}{40}`),
  form('PLANETSCALE_TOKEN', 'pscale_', '\\bpscale_(?:tkn|pw|oauth)_[0-9A-Za-z_.=-]{32,}'),
  form('FLY_TOKEN', 'fm1 fm2', '\\bfm[12][a-z]?_[0-9A-Za-z+/=_-]{60,}'),
  form('AGE_KEY', 'AGE-SECRET-KEY-1', 'AGE-SECRET-KEY-1[0-9A-Z]{58}'),
  form('MCPGW_ROBOT_KEY', 'mgw_', `\\b${ROBOT_KEY_PATTERN}`, 0.5, (token) => parseRobotKey(token) !== null),
];

/** What is found without a form of its own. */
export const SECRET_KINDS: readonly string[] = [
  ...new Set(SECRET_FORMS.map(({ kind }) => kind)),
  'PRIVATE_KEY',
  'JWT',
  'CONNECTION_PASSWORD',
  'TELLING_KEY',
];
