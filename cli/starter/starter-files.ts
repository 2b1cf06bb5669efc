import { STARTER_FILES } from './policy-files.ts';
import { STARTER_LOCK } from './lock-file.ts';

/**
 * The files of a new policy folder, by path. Two dates depend on the day: a robot must expire, and its test must run
 * before that.
 */
export function starterFiles(today: Date): ReadonlyMap<string, string> {
  const expires = new Date(Date.UTC(today.getUTCFullYear() + 1, today.getUTCMonth(), today.getUTCDate()));
  const files = [...STARTER_FILES].map(([path, text]): [string, string] => [
    path,
    text.replace('ROBOT_EXPIRES', day(expires)).replace('TEST_NOW', `${day(today)}T12:00:00Z`),
  ]);
  return new Map([...files, ['servers/everything.lock.json', STARTER_LOCK]]);
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
