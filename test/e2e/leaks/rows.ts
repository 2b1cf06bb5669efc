import type { Era } from '../../../dataplane/mcp/versions.ts';
import { ANSWERS } from './answers.ts';
import { AROUND_CALLS } from './around-calls.ts';
import { LISTENING } from './listening.ts';
import { ON_THE_WAY } from './on-the-way.ts';
import { QUESTIONS } from './questions.ts';
import { REQUESTED } from './requests.ts';
import type { Row } from './row.ts';

/** Every place of a message that arrives, whatever rules are in force. */
export const ROWS: readonly Row[] = [
  ...REQUESTED,
  ...AROUND_CALLS,
  ...ANSWERS,
  ...ON_THE_WAY,
  ...QUESTIONS,
  ...LISTENING,
];

/** Who is at either end of a proxy. */
export interface Ends {
  readonly client: Era;
  readonly server: Era;
}

const ERAS: readonly Era[] = ['legacy', 'modern'];
export const ENDS: readonly Ends[] = ERAS.flatMap((client) => ERAS.map((server) => ({ client, server })));

/** Whether there is such a place between these ends. */
export const isBetween = ({ of }: Row, { client, server }: Ends): boolean =>
  (of?.client ?? client) === client && (of?.server ?? server) === server;
