import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { decodeShape, record, text } from '../../dataplane/format/shape.ts';
import { formatRobotKey, hashRobotKey, parseRobotKey } from '../../dataplane/format/robot-key.ts';
import type { RobotKey } from '../../schemas/types/policy.ts';
import { failure } from '../failure.ts';
import { parseJson } from '../parse-json.ts';
import { readText } from '../read-file.ts';
import { PRIVATE, replaceFile } from '../write-file.ts';

const ROBOTS_BYTES_MAX = 1024 * 1024;
/** Of a key's id; a robot's name alone may be as long. */
const ID_CHARS_MAX = 40;
/** End of the year 9999: the robot's own expiry is what ends a development key. */
const NEVER_MS = Date.UTC(9999, 11, 31);

/**
 * A development key for each robot, made on first use and kept in the private state folder. The policies never name
 * them: they are added while compiling for this machine, so that no real key is needed to try a robot.
 * @returns the keys in the clear, by robot.
 */
export async function keptRobotKeys(path: string, robots: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const known = existsSync(path) ? await readKeys(path) : new Map<string, string>();
  const keys = new Map(robots.map((robot) => [robot, known.get(robot) ?? newKey(robot)]));
  if (robots.some((robot) => !known.has(robot))) {
    const all = Object.fromEntries([...known, ...keys]);
    await replaceFile(path, `${JSON.stringify(all, null, 2)}\n`, PRIVATE);
  }
  return keys;
}

/** The keys as the compiler adds them to the policy of an environment. */
export function developmentKeys(environment: string, keys: ReadonlyMap<string, string>): ReadonlyMap<string, RobotKey> {
  return new Map(
    [...keys].map(([robot, key]) => {
      const id = parseRobotKey(key)?.id ?? '';
      return [robot, { id, sha256: hashRobotKey(environment, key), expires: NEVER_MS }];
    }),
  );
}

function newKey(robot: string): string {
  const whole = `dev-${robot}`;
  const id =
    whole.length <= ID_CHARS_MAX ? whole : `${whole.slice(0, ID_CHARS_MAX - 9)}-${randomBytes(4).toString('hex')}`;
  return formatRobotKey(id, randomBytes(32));
}

async function readKeys(path: string): Promise<ReadonlyMap<string, string>> {
  const decoded = decodeShape(record(text()), parseJson(await readText(path, ROBOTS_BYTES_MAX)));
  const sound = decoded.ok && Object.values(decoded.value).every((key) => parseRobotKey(key) !== null);
  if (!sound) throw failure(path, 'holds something else than robot keys', 'remove it: new keys are made');
  return new Map(Object.entries(decoded.value));
}
