import { nothing, type Makers } from '../labelled.ts';
import { BASE62, LOWER, UPPER } from '../random.ts';
import { uuid } from './documents.ts';
import { fullName, lastName } from './people.ts';
import { wrongCard, wrongIban, wrongSsn } from './numbers.ts';
import { wrongCrypto } from './documents.ts';

/** What stands beside personal data in real texts, and is none: some of it looks a lot like it. */
export const LOOKALIKES: Makers = {
  name: nothing(fullName),
  surname: nothing(lastName),
  amount: nothing((random) =>
    random.pick([
      `$${random.int(1, 9999)}.${random.digits(2)}`,
      `${random.int(1, 99)},${random.digits(3)}.${random.digits(2)}`,
      `EUR ${random.int(1, 900)}`,
      `${random.int(1, 999)} 000`,
    ]),
  ),
  count: nothing((random) => String(random.int(0, 100_000))),
  order: nothing((random) =>
    random.pick([
      random.number(random.int(5, 12)),
      `${random.text(2, UPPER)}-${random.digits(6)}`,
      `${random.number(3)}-${random.digits(7)}-${random.digits(7)}`,
      `#${random.number(8)}`,
      `ORD${random.digits(9)}`,
    ]),
  ),
  tracking: nothing((random) =>
    random.pick([
      `1Z${random.text(16, UPPER + '0123456789')}`,
      random.number(12),
      `${random.number(4)} ${random.digits(4)} ${random.digits(4)}`,
      random.number(20),
    ]),
  ),
  version: nothing((random) =>
    random.pick([
      `${random.int(0, 20)}.${random.int(0, 40)}.${random.int(0, 99)}`,
      `v${random.int(0, 20)}.${random.int(0, 40)}.${random.int(0, 99)}-rc.${random.int(1, 9)}`,
      `${random.int(10, 20)}.0.${random.number(5)}.${random.int(1, 999)}`,
    ]),
  ),
  fourPartVersion: nothing((random) => [0, 1, 2, 3].map(() => random.int(0, 30)).join('.')),
  uuid: nothing(uuid),
  sha: nothing((random) => random.hex(random.pick([7, 40, 64]))),
  file: nothing((random) =>
    random.pick([
      'README.md',
      'main.py',
      'package.json',
      'deploy.sh',
      'lib.rs',
      'archive.zip',
      'libssl.so',
      'index.ts',
      'Node.js',
      'notes.txt',
      'report.doc',
      'Foo.java',
      'vue.js',
      'setup.cfg',
    ]),
  ),
  member: nothing((random) =>
    random.pick([
      'user.name',
      'this.id',
      'app.run',
      'System.in',
      'obj.is',
      'console.info',
      'items.map',
      'e.g.',
      'i.e.',
      'U.S.',
      'a.m.',
      'config.dev',
      'self.me',
      'data.at',
    ]),
  ),
  time: nothing((random) => `${random.int(0, 23)}:${random.digits(1).replace(/[6-9]/, '3')}${random.digits(1)}`),
  percent: nothing((random) => `${random.int(0, 100)}.${random.digits(1)}%`),
  isbn: nothing((random) => `978-${random.digits(1)}-${random.digits(2)}-${random.digits(6)}-${random.digits(1)}`),
  year: nothing((random) => String(random.int(1980, 2030))),
  epoch: nothing((random) => String(random.int(1_600_000_000, 1_790_000_000)) + random.pick(['', random.digits(3)])),
  nineDigits: nothing((random) => random.number(9)),
  tenDigits: nothing((random) => `1${random.digits(9)}`),
  sku: nothing((random) => `${random.text(3, UPPER)}-${random.digits(4)}-${random.text(2, UPPER)}`),
  range: nothing((random) => `${random.int(100, 400)}-${random.int(401, 999)}`),
  coordinates: nothing(
    (random) => `${random.int(-89, 89)}.${random.digits(6)}, ${random.int(-179, 179)}.${random.digits(6)}`,
  ),
  dimensions: nothing((random) => `${random.int(100, 4000)}x${random.int(100, 4000)}`),
  wrongCard: nothing(wrongCard),
  wrongIban: nothing(wrongIban),
  wrongSsn: nothing(wrongSsn),
  wrongCrypto: nothing(wrongCrypto),
  handle: nothing((random) => `@${random.text(7, LOWER)}`),
  branch: nothing((random) => `feature/${random.text(5, LOWER)}-${random.int(1, 9999)}`),
  token: nothing((random) => random.text(12, BASE62)),
  port: nothing((random) => `:${random.int(1024, 65_535)}`),
};
