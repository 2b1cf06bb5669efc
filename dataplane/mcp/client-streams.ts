import type { Assignment } from '../../schemas/types/policy.ts';
import type { ClientSession } from './client-session.ts';
import type { McpRequest } from './mcp-request.ts';
import type { ScannedResponse } from './scan-response.ts';

/** What clients hear outside of any request of theirs, and what they set for it. */
export class ClientStreams {
  /** The severity from which a legacy session wants log messages; null = it has not said. */
  logLevel(_session: ClientSession): string | null {
    return null;
  }

  /** Takes an announcement that came on the stream of a call; false = it is none. */
  announced(_asked: McpRequest, _assignment: Assignment, _data: Buffer, _scanned: ScannedResponse): boolean {
    return false;
  }
}
