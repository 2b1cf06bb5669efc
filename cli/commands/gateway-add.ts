import { addKey } from '../../compiler/edit/edit-document.ts';
import type { Command } from '../command.ts';
import { draftOf, placeFor, withDocument, withFile } from '../edit/draft-folder.ts';
import { findDocument, whereIs } from '../edit/find-document.ts';
import { EDIT_OPTIONS, environmentsFor, finishEdit, refuseOther } from '../edit/finish-edit.ts';
import { readPolicyFiles } from '../policy-folder.ts';

interface Assigned {
  readonly name: string;
  readonly assignment: { readonly identity?: string };
}

export const gatewayAdd: Command = {
  name: 'gateway add',
  summary: 'add a gateway with servers, or servers to a gateway',
  description: 'A gateway is one endpoint. Its servers are exposed to nobody until a grant says to whom.',
  positionals: [{ name: 'NAME', help: 'name of the Gateway', required: true }],
  options: {
    server: {
      value: 'SERVER',
      help: 'a Server behind it; SERVER=IDENTITY chooses one of its identities',
      required: true,
      repeated: true,
    },
    owner: { value: 'TEAM', help: 'a Team that answers for it', repeated: true },
    ...EDIT_OPTIONS,
  },
  examples: [
    ['mcpgw gateway add support-desk --server tickets=desk --server docs', 'a gateway with two servers'],
    ['mcpgw gateway add support-desk --server payments', 'one server more'],
  ],
  async run(context) {
    const { args } = context;
    const folder = await readPolicyFiles(args.requiredText('policies'));
    const name = args.requiredPositional('NAME');
    const assigned = args.list('server').map(parseServer);
    const environment = args.text('environment');
    const next = [`mcpgw grant add NAME --gateway ${name} --team TEAM --allow ${assigned[0]?.name ?? 'SERVER'}/TOOL`];
    const gateway = findDocument(folder, 'Gateway', name, environment);
    if (gateway === null) {
      const owners = args.list('owner');
      const value = {
        kind: 'Gateway',
        name,
        environments: environmentsFor(folder, environment),
        owners: owners.length === 0 ? undefined : owners,
        servers: Object.fromEntries(assigned.map((one) => [one.name, one.assignment])),
      };
      const place = placeFor(args.text('file'), `gateways/${name}.yaml`);
      return finishEdit({ draft: withDocument(draftOf(folder), place, value), next }, context);
    }
    let { text } = gateway.file;
    for (const { name: server, assignment } of assigned) {
      const known = gateway.value.servers[server];
      if (known === undefined) text = addKey(text, gateway.span.start, ['servers'], server, assignment);
      else if (assignment.identity !== undefined && known.identity !== assignment.identity) {
        refuseOther(server, 'assignment', 'identity', whereIs(folder, gateway));
      }
    }
    return finishEdit({ draft: withFile(draftOf(folder), gateway.file.path, text), next }, context);
  },
};

function parseServer(text: string): Assigned {
  const [name = '', identity] = text.split('=');
  return { name, assignment: identity === undefined ? {} : { identity } };
}
