import { entity, fill, nothing, type Labelled, type Makers } from '../labelled.ts';
import { Random } from '../random.ts';
import { LOOKALIKES } from '../values/lookalikes.ts';
import { opaque, password, SECRETS, storageKey } from '../values/secrets.ts';

/** Around secrets that are told by their own form. */
const KNOWN = [
  '{secret}',
  'export TOKEN={secret}',
  'Authorization: Bearer {secret}',
  '"api_key": "{secret}"',
  'my key is {secret}, please rotate it',
  'curl -H "X-Token: {secret}" -s | jq .',
  'const client = new Client("{secret}");',
  'config:\n  value: {secret}\n  region: eu',
  '`{secret}`',
  '({secret})',
  "key='{secret}';",
  'LEAKED>>{secret}<<',
  '{ "{sku}": "{secret}" }',
  'found in {file}: {secret}',
];

/** Where nothing but what stands before it tells a secret. */
const TELLING = [
  'password={opaque}',
  'client_secret: {opaque}',
  '"apiKey": "{opaque}"',
  '"secret_access_key":"{opaque}"',
  "SECRET_KEY = '{opaque}'",
  'export DB_PASSWORD="{opaque}"',
  'access_token={opaque}&expires=3600',
  'AWS_SECRET_ACCESS_KEY={opaque}',
  'x-api-key: {opaque}',
  'auth_token => "{opaque}"',
  'private_key: "{opaque}"',
  '--token {opaque}',
];

const STORAGE = [
  'DefaultEndpointsProtocol=https;AccountName=acmelogs;AccountKey={secret};EndpointSuffix=core.windows.net',
  'AZURE_STORAGE_KEY={secret}',
];

const CONNECTIONS = [
  'postgres://app:{password}@db.internal:5432/main',
  'DATABASE_URL=mysql://root:{password}@10.0.0.7/shop?ssl=true',
  'mongodb+srv://svc:{password}@cluster0.ab1cd.mongodb.net/admin',
  'redis://:{password}@cache:6379/0',
  'amqp://guest:{password}@rabbit:5672/%2f',
  'https://deploy:{password}@git.example.com/repo.git',
  'Server=tcp:db.example.net,1433;Database=main;User ID=sa;Password={password};Encrypt=True;',
  'jdbc:postgresql://db/main?user=app&password={password}',
];

/** Secrets of every sort in texts like those that leak them; by their sort, so that each has its figure. */
export function secretTexts(perSort: number, seed: number): readonly Labelled[] {
  const random = new Random(seed);
  const makers = (sort: string, make: (from: Random) => string): Makers => ({
    ...LOOKALIKES,
    secret: entity(sort, make),
    opaque: entity(sort, make),
    password: entity(sort, make),
  });
  const of = (sort: string, templates: readonly string[], make: (from: Random) => string): readonly Labelled[] =>
    Array.from({ length: perSort }, () => fill(random.pick(templates), makers(sort, make), random));
  return [
    ...Object.entries(SECRETS).flatMap(([sort, make]) => of(sort, KNOWN, make)),
    ...of('AZURE_STORAGE_KEY', STORAGE, storageKey),
    ...of('TELLING_KEY', TELLING, opaque),
    ...of('CONNECTION_PASSWORD', CONNECTIONS, password),
  ];
}

/** What stands where secrets stand, and is none. */
const HARMLESS = [
  'password={placeholder}',
  '"apiKey": "{placeholder}"',
  'token: {placeholder}',
  'const secret = {placeholder};',
  'client_secret: {placeholder}',
  'the password is wrong, try another token or secret',
  'postgres://app:{placeholder}@db/main',
  '"token_type": "Bearer", "token_count": 4096, "next_token": null',
  'secret_name: {name}, key: {sku}',
  'primary key (id), foreign key (user_id)',
  'key={sha}',
  '"keyId": "{uuid}", "etag": "{sha}"',
];

const PLACEHOLDERS = [
  '<your-password>', 'YOUR_API_KEY', '${SECRET}', '{{ token }}', 'xxxxxxxxxxxxxxxx', '********', 'changeme', 'null', 'undefined',
  'process.env.TOKEN', 'os.environ["KEY"]', '$(cat /run/secrets/token)', 'REDACTED', '[redacted]', 'example', 'true', '""',
  'config.secret', 'vault:secret/data/app#key', 'sk-...', 'getSecret("db")', '%PASSWORD%', '/run/secrets/db',
]; // prettier-ignore

export function harmlessTexts(count: number, seed: number): readonly Labelled[] {
  const random = new Random(seed);
  const makers = { ...LOOKALIKES, placeholder: nothing((from) => from.pick(PLACEHOLDERS)) };
  return Array.from({ length: count }, () => fill(random.pick(HARMLESS), makers, random));
}
