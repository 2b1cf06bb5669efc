import type { ListedKind } from '../../decide/index.ts';
import { visibleTo } from '../gateway-choice.ts';
import type { McpRequest, Services } from '../mcp-request.ts';
import { serverInfoOf } from '../server-profile.ts';
import { listFromBundle } from './bundle-list.ts';

/** Answers a request for a list of reviewed definitions, which is one page: no cursor was ever handed out for it. */
export function listed(kind: ListedKind): (services: Services, request: McpRequest) => void {
  return (_services, { turn, snapshot, choice, message, era, call }) => {
    if (message.cursor !== null) {
      turn.refuse('unknown-cursor');
      return;
    }
    const { bundle, engine } = snapshot;
    turn.record.outcome = 'ok';
    const visible = visibleTo(choice, call, kind);
    const gateway = choice.view?.gateway ?? null;
    turn.result(
      listFromBundle(engine, { kind, gateway, visible, era, serverInfo: serverInfoOf(choice, bundle.catalog) }),
    );
  };
}
