import { expect, test } from 'vitest';
import { chooseGateway } from '../../../dataplane/mcp/gateway-choice.ts';
import { caller, engine, type Names } from './listed-gateways.ts';

const CHOICES: readonly [
  name: string,
  names: Names,
  asked: string | null,
  gateway: string | null,
  notice: RegExp | null,
][] = [
  ['the only one that is open', ['other'], null, 'solo', null],
  [
    'none of several',
    ['staff'],
    null,
    null,
    /^several gateways are open to you; connect to one of them:\n- one: https:\/\/mcp\.acme\.dev\/mcp\/one\n- two: /,
  ],
  ['none when none is open', [], null, null, /^no gateway is open to you/],
  ['none when the only team is disabled', ['frozen'], null, null, /^team frozen is disabled: frozen during the audit$/],
  ['the one asked for', ['staff'], 'two', 'two', null],
  [
    'one asked for through a disabled team',
    ['frozen'],
    'two',
    'two',
    /^team frozen is disabled: frozen during the audit$/,
  ],
  ['one asked for in vain', ['desk'], 'two', 'two', /^nothing is granted to you in gateway two$/],
  ['one that does not exist', ['desk'], 'nil', 'nil', /^nothing is granted to you in gateway nil$/],
];

test.each(CHOICES)('a caller gets %s', (_name, names, asked, gateway, notice) => {
  const choice = chooseGateway(engine, caller(names), asked, 1_000);
  expect(choice.gateway).toBe(gateway);
  if (notice === null) expect(choice.notice).toBeNull();
  else expect(choice.notice).toMatch(notice);
});

test('an app that is kept out is told so only where its user would get in', () => {
  const notice = (names: Names): string | null => chooseGateway(engine, caller(names, 'cursor'), 'picky', 1_000).notice;
  expect(notice(['desk'])).toBe('this app is not allowed in gateway picky');
  expect(notice(['staff'])).toBe('nothing is granted to you in gateway picky');
});
