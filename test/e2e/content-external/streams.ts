import type { Socket } from 'node:net';
import { event, modernScript, openStream, result } from '../../hostile/scripts.ts';
import type { Stage } from '../../hostile/stage.ts';
import { block, complete } from './messages.ts';

/** The stream of one call, in the hands of a test. */
export interface OpenCall {
  readonly socket: Socket;
  say(message: string): boolean;
  /** Says the result; `text` is JSON text. */
  end(text: string): void;
}

/** The modern server opens a stream for each call, and says nothing more by itself. */
export function holdCalls(stage: Stage): readonly OpenCall[] {
  const calls: OpenCall[] = [];
  stage.modern.answerWith(
    modernScript('tools/call', ({ id }) => (socket) => {
      openStream()(socket);
      calls.push({
        socket,
        say: (message) => socket.write(event(message)),
        end: (text) => void socket.write(`${event(result(id, complete(block(text))))}0\r\n\r\n`),
      });
    }),
  );
  return calls;
}
