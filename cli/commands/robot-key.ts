import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { didYouMean } from '../../compiler/diagnostics/suggest.ts';
import { addItem } from '../../compiler/edit/edit-document.ts';
import type { Document } from '../../compiler/source/document.ts';
import { formatRobotKey, hashRobotKey } from '../../dataplane/format/robot-key.ts';
import type { Robot } from '../../schemas/types/documents.ts';
import type { Command } from '../command.ts';
import { chosenEnvironments } from '../compile-folder.ts';
import { EXIT } from '../exit-code.ts';
import { failure } from '../failure.ts';
import { appliesIn, robotsOf, type Robots } from '../policy-documents.ts';
import { readPolicyFolder } from '../policy-folder.ts';
import { rewriteFile } from '../edit/rewrite-file.ts';

export const robotKey: Command = {
  name: 'robot key',
  summary: 'make a key for a robot, shown once',
  description:
    "Adds the key's id, hash and expiry to the Robot document, whose comments and layout stay, and prints the key on " +
    'stdout. Nobody can print it again: store it where the robot finds it. It opens gateways of one environment only.',
  positionals: [{ name: 'ROBOT', help: 'name of the Robot', required: true }],
  options: {
    environment: { value: 'NAME', help: 'the environment in which the key is good', required: true },
    expires: { value: 'DATE', help: "YYYY-MM-DD, good to its end; otherwise the robot's own expiry" },
    policies: { value: 'DIR', help: 'policy folder', default: 'policies' },
  },
  examples: [
    ['mcpgw robot key release-bot --environment production --expires 2027-03-31', 'a key until the end of March'],
    ['mcpgw robot key release-bot --environment production | gh secret set MCPGW_KEY', 'seen by nobody'],
  ],
  async run({ args, terminal }) {
    const folder = await readPolicyFolder(args.requiredText('policies'));
    const environment = args.requiredText('environment');
    chosenEnvironments(folder, environment);
    const robots = robotsOf(folder);
    const robot = findRobot(robots, args.requiredPositional('ROBOT'), environment, folder.root);
    const expires = keyExpiry(args.text('expires'), robot.value.expires, Date.now());
    const id = freeId(robot.name, robots.documents);
    const key = formatRobotKey(id, randomBytes(32));
    const path = join(folder.root, robot.file.path);
    const entry = { id, sha256: hashRobotKey(environment, key), expires };
    await rewriteFile(path, addItem(robot.file.text, robot.span.start, ['keys'], entry));
    terminal.result(`${key}\n`);
    terminal.comment(`key ${id} of robot ${robot.name} is good in ${environment} to the end of ${expires} (UTC)`);
    terminal.comment(`wrote its hash to ${path}: it works once the change is reviewed, compiled and promoted`);
    return EXIT.ok;
  },
};

function findRobot(robots: Robots, name: string, environment: string, root: string): Document<Robot> {
  const named = robots.documents.filter((robot) => robot.name === name);
  const found = named.find((robot) => appliesIn(robot, environment));
  if (found !== undefined) return found;
  if (named.length > 0) throw failure(name, `the robot does not belong to environment ${environment}`);
  if (robots.isBroken(name)) throw failure(name, 'the Robot has errors', `mcpgw check ${root}`);
  const names = robots.documents.map((robot) => robot.name);
  const help = didYouMean(name, names) ?? (names.length === 0 ? 'write a Robot document first' : names.join(', '));
  throw failure(name, `there is no Robot of that name in ${root}`, help);
}

/** A key never outlives its robot, so a later date would only mislead. */
function keyExpiry(given: string | null, robotExpires: string, nowMs: number): string {
  const expires = given ?? robotExpires;
  const ms = Date.parse(`${expires}T23:59:59.999Z`);
  const isDate =
    /^\d{4}-\d{2}-\d{2}$/.test(expires) && !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(expires);
  if (!isDate) throw failure('--expires', `\`${expires}\` is no date: YYYY-MM-DD`);
  if (ms < nowMs) {
    const what = given === null ? `the robot expired at the end of ${expires}` : `${expires} is over`;
    throw failure('--expires', what, given === null ? 'give the Robot a later expiry first' : null);
  }
  if (expires > robotExpires) throw failure('--expires', `the robot itself expires at the end of ${robotExpires}`);
  return expires;
}

/** Initials and a number: `release-bot` has rb1, rb2 and so on. Ids are unique among all robots. */
function freeId(robot: string, robots: readonly Document<Robot>[]): string {
  const taken = new Set(robots.flatMap(({ value }) => (value.keys ?? []).map((key) => key.id)));
  const initials = robot
    .split('-')
    .map((word) => word.slice(0, 1))
    .join('');
  for (let number = 1; ; number++) if (!taken.has(`${initials}${number}`)) return `${initials}${number}`;
}
