import { strict as assert } from 'node:assert';
import { FORMAT, type Command } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { POINTER_OPTIONS, readPointerOptions, renderPointer } from '../pointer-options.ts';
import { refreshChannel } from '../promotion.ts';

export const refresh: Command = {
  name: 'refresh',
  summary: "let a channel's pointer live longer",
  description:
    'Signs the pointer of a channel again: the same bundle, the same revoked ones, a new expiry and the next sequence ' +
    'number. Run it on a schedule, several times within the life of a pointer: once one has expired, gateways are in ' +
    'their stale mode.',
  positionals: [],
  options: {
    ...POINTER_OPTIONS,
    trust: { value: 'FILE', help: 'trust file: says who may have signed the present pointer', required: true },
    format: FORMAT,
  },
  examples: [
    ['mcpgw refresh --channel prod --key keys/pointer.pem --store store --trust trust.json', 'good for another week'],
  ],
  async run({ args, terminal }) {
    const { trust, ...options } = await readPointerOptions(args, Date.now());
    assert(trust !== null, 'the trust file is required');
    terminal.result(renderPointer(args, await refreshChannel({ ...options, trust })));
    return EXIT.ok;
  },
};
