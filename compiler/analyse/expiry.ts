import type { Report, Span } from '../diagnostics/diagnostic.ts';
import { endOfDate } from '../link/date.ts';
import type { LinkedRobot } from '../link/model.ts';
import { EXPIRY_NOTICE_MS } from '../limits.ts';
import type { Analysed } from './analysed.ts';
import { expiring } from './gateway-answers.ts';

const DAY_MS = 86_400_000;

/** Robots, keys and grants that have expired, and robots and keys that soon will. Nothing without a clock. */
export function findExpired({ linked, gateways, nowMs }: Analysed, report: Report): void {
  if (nowMs === null) return;
  for (const robot of linked.robots) checkRobot(robot, nowMs, report);
  for (const { document, expires } of gateways.flatMap(({ granted }) => expiring(granted))) {
    if (nowMs < expires) continue;
    report({
      code: 'lint/expired',
      message: `this grant expired on ${document.value.expires ?? ''} and gives nothing`,
      span: document.spanAt(['expires']),
      help: 'remove it, or extend it',
    });
  }
}

function checkRobot({ document }: LinkedRobot, nowMs: number, report: Report): void {
  const { name, value } = document;
  const robot = { what: 'this robot', date: value.expires, span: document.spanAt(['expires']) };
  // A robot that has expired takes its keys with it.
  if (checkDate(robot, 'extend it, or remove the robot', nowMs, report)) return;
  value.keys?.forEach(({ id, expires }, at) => {
    const key = { what: `the key ${id}`, date: expires, span: document.spanAt(['keys', at, 'expires']) };
    checkDate(key, `make a new one: \`mcpgw robot key ${name}\``, nowMs, report);
  });
}

interface Expiring {
  readonly what: string;
  readonly date: string;
  readonly span: Span;
}

/** Whether it has expired. */
function checkDate({ what, date, span }: Expiring, help: string, nowMs: number, report: Report): boolean {
  const leftMs = endOfDate(date) - nowMs;
  if (leftMs <= 0) {
    report({ code: 'lint/expired', message: `${what} expired on ${date}`, span, help });
    return true;
  }
  if (leftMs > EXPIRY_NOTICE_MS) return false;
  const days = Math.floor(leftMs / DAY_MS);
  const left = days === 0 ? 'today' : `in ${days} ${days === 1 ? 'day' : 'days'}`;
  report({ code: 'lint/expires-soon', message: `${what} expires ${left}`, span, help });
  return false;
}
