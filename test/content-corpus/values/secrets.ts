import { BASE62, BASE64, BASE64URL, LOWER, UPPER, type Random } from '../random.ts';
import { crc32 } from 'node:zlib';
import { formatRobotKey } from '../../../dataplane/format/robot-key.ts';

const LOWER36 = `${LOWER}0123456789`;

function base62Of(number: number, length: number): string {
  let text = '';
  for (let left = number; left > 0; left = Math.floor(left / 62)) text = BASE62.charAt(left % 62) + text;
  return text.padStart(length, '0');
}

/** A token of GitHub's: 30 random characters and their CRC-32 in six. */
function github(random: Random): string {
  const body = random.text(30, BASE62);
  return `${random.pick(['ghp', 'gho', 'ghu', 'ghs', 'ghr'])}_${body}${base62Of(crc32(body), 6)}`;
}

function npm(random: Random): string {
  const body = random.text(30, BASE62);
  return `npm_${body}${base62Of(crc32(body), 6)}`;
}

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function jwt(random: Random): string {
  const header = random.pick([
    { alg: 'RS256', typ: 'JWT' },
    { alg: 'ES256', kid: random.hex(8) },
    { typ: 'JWT', alg: 'HS256' },
  ]);
  const claims = { sub: random.digits(8), iss: 'https://idp.example.com', exp: 1_790_000_000 + random.int(0, 9999) };
  return `${base64url(header)}.${base64url(claims)}.${random.text(86, BASE64URL)}`;
}

function pem(random: Random): string {
  const kind = random.pick([
    'RSA PRIVATE KEY',
    'PRIVATE KEY',
    'EC PRIVATE KEY',
    'OPENSSH PRIVATE KEY',
    'ENCRYPTED PRIVATE KEY',
  ]);
  const lines = Array.from({ length: random.int(3, 12) }, () => random.text(64, BASE64));
  return [`-----BEGIN ${kind}-----`, ...lines, `${random.text(30, BASE64)}==`, `-----END ${kind}-----`].join('\n');
}

function robotKey(random: Random): string {
  return formatRobotKey(`r${random.text(3, LOWER36)}`, Buffer.from(random.hex(64), 'hex'));
}

/** By what they are, secrets that are told by their own form. */
export const SECRETS: Readonly<Record<string, (random: Random) => string>> = {
  AWS_ACCESS_KEY: (random) => `${random.pick(['AKIA', 'ASIA'])}${random.text(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`,
  GCP_API_KEY: (random) => `AIza${random.text(35, BASE64URL)}`,
  GCP_OAUTH_TOKEN: (random) => `ya29.${random.text(random.int(60, 140), BASE64URL)}`,
  AZURE_CLIENT_SECRET: (random) => `${random.text(3, BASE62)}8Q~${random.text(34, `${BASE62}_.-`)}`,
  GITHUB_TOKEN: (random) =>
    random.chance(0.7) ? github(random) : `github_pat_${random.text(22, BASE62)}_${random.text(59, BASE62)}`,
  NPM_TOKEN: npm,
  PYPI_TOKEN: (random) => `pypi-AgEIcHlwaS5vcmc${random.text(random.int(70, 160), BASE64URL)}`,
  GITLAB_TOKEN: (random) => `${random.pick(['glpat', 'glptt', 'gldt'])}-${random.text(20, `${BASE62}_-`)}`,
  SLACK_TOKEN: (random) =>
    random.pick([
      () => `xoxb-${random.number(12)}-${random.number(12)}-${random.text(24, BASE62)}`,
      () => `xoxp-${random.number(12)}-${random.number(12)}-${random.number(12)}-${random.hex(32)}`,
      () => `xapp-1-A${random.text(10, UPPER)}-${random.number(13)}-${random.hex(64)}`,
    ])(),
  SLACK_WEBHOOK: (random) =>
    `https://hooks.slack.com/services/T${random.text(8, UPPER)}/B${random.text(10, UPPER)}/${random.text(24, BASE62)}`,
  STRIPE_KEY: (random) =>
    `${random.pick(['sk_live', 'rk_live', 'sk_test', 'whsec'])}_${random.text(random.pick([24, 99]), BASE62)}`,
  OPENAI_KEY: (random) =>
    random.chance(0.5)
      ? `sk-${random.text(20, BASE62)}T3BlbkFJ${random.text(20, BASE62)}`
      : `sk-proj-${random.text(100, BASE64URL)}`,
  ANTHROPIC_KEY: (random) => `sk-ant-api03-${random.text(93, BASE64URL)}AA`,
  GOOGLE_CLIENT_SECRET: (random) => `GOCSPX-${random.text(28, BASE64URL)}`,
  SENDGRID_KEY: (random) => `SG.${random.text(22, BASE64URL)}.${random.text(43, BASE64URL)}`,
  TWILIO_KEY: (random) => `SK${random.hex(32)}`,
  HUGGINGFACE_TOKEN: (random) => `hf_${random.text(34, BASE62)}`,
  DIGITALOCEAN_TOKEN: (random) => `dop_v1_${random.hex(64)}`,
  SHOPIFY_TOKEN: (random) => `shpat_${random.hex(32)}`,
  DATABRICKS_TOKEN: (random) => `dapi${random.hex(32)}`,
  VAULT_TOKEN: (random) => `hvs.${random.text(95, BASE64URL)}`,
  TERRAFORM_TOKEN: (random) => `${random.text(14, BASE62)}.atlasv1.${random.text(67, BASE64URL)}`,
  TELEGRAM_TOKEN: (random) => `${random.number(10)}:AA${random.text(33, BASE64URL)}`,
  MCPGW_ROBOT_KEY: robotKey,
  PRIVATE_KEY: pem,
  JWT: jwt,
};

export const storageKey = (random: Random): string => `${random.text(86, BASE64)}==`;

const WEAK = [
  'hunter2!',
  'Tr0ub4dor&3',
  'correct-horse-battery',
  'P@ssw0rd2026',
  'letmein_9',
  'S3cr3t!x',
  'Winter.2026#',
];

/** The password of a connection string; what is around it is a template's. */
export const password = (random: Random): string =>
  random.chance(0.5) ? random.pick(WEAK).replace(/[@:/#]/g, '') : random.text(random.int(12, 28), `${BASE62}-_.~`);

/** A secret of no known form: only what stands before it says what it is. */
export const opaque = (random: Random): string =>
  random.pick([
    () => random.text(40, BASE64),
    () => random.hex(32),
    () => random.text(32, BASE62),
    () => random.hex(64),
    () => random.text(24, BASE64URL),
    () => `${random.text(43, BASE64)}=`,
  ])();
