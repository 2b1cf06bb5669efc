import { addItem } from '../../compiler/edit/edit-document.ts';
import type { Arguments, Command } from '../command.ts';
import { draftOf, placeFor, withDocument, withFile } from '../edit/draft-folder.ts';
import { findDocument, whereIs } from '../edit/find-document.ts';
import { EDIT_OPTIONS, environmentsFor, finishEdit, refuseOther } from '../edit/finish-edit.ts';
import { ownFolder } from '../edit/own-folder.ts';
import { failure } from '../failure.ts';
import { readPolicyFiles, type PolicyFolder } from '../policy-folder.ts';

export const grantAdd: Command = {
  name: 'grant add',
  summary: 'grant teams and robots something in a gateway, or more of them in a grant',
  description:
    'What is granted is the name of an Allowlist, or assignment/tool, where * is any run of characters. The grant of a ' +
    'single team with a folder of its own goes there, so that its owners review it.',
  positionals: [{ name: 'NAME', help: 'name of the Grant', required: true }],
  options: {
    gateway: { value: 'GATEWAY', help: 'the Gateway in which it holds', required: true },
    team: { value: 'TEAM', help: 'a Team that gets it', repeated: true },
    robot: { value: 'ROBOT', help: 'a Robot that gets it', repeated: true },
    allow: { value: 'WHAT', help: 'an Allowlist, or assignment/tool', required: true, repeated: true },
    expires: { value: 'DATE', help: 'YYYY-MM-DD, its last day (UTC)' },
    reason: { value: 'TEXT', help: 'why: a ticket, a sentence' },
    ...EDIT_OPTIONS,
  },
  examples: [
    ['mcpgw grant add payments-daily --gateway engineering --team payments --allow tickets-reader', 'an Allowlist'],
    [
      "mcpgw grant add triage --gateway desk --robot triage-bot --allow 'tickets/get_*' --expires 2027-03-31",
      'tools by name, until the end of March',
    ],
  ],
  async run(context) {
    const { args } = context;
    const folder = await readPolicyFiles(args.requiredText('policies'));
    const name = args.requiredPositional('NAME');
    const [teams, robots, allow] = [args.list('team'), args.list('robot'), args.list('allow')];
    if (teams.length + robots.length === 0) throw failure('--team', 'is required, or --robot: who gets it');
    const environment = args.text('environment');
    const next = ['mcpgw test'];
    const grant = findDocument(folder, 'Grant', name, environment);
    if (grant === null) {
      const value = {
        kind: 'Grant',
        name,
        environments: environmentsFor(folder, environment),
        gateway: args.requiredText('gateway'),
        to: { ...(teams.length > 0 ? { teams } : {}), ...(robots.length > 0 ? { robots } : {}) },
        allow,
        expires: args.text('expires'),
        reason: args.text('reason'),
      };
      const place = placeFor(args.text('file'), customaryPlace(folder, args, name));
      return finishEdit({ draft: withDocument(draftOf(folder), place, value), next }, context);
    }
    for (const field of ['gateway', 'expires', 'reason'] as const) {
      const given = args.text(field);
      if (given !== null && grant.value[field] !== given) refuseOther(name, 'Grant', field, whereIs(folder, grant));
    }
    let { text } = grant.file;
    for (const team of teams) text = addItem(text, grant.span.start, ['to', 'teams'], team);
    for (const robot of robots) text = addItem(text, grant.span.start, ['to', 'robots'], robot);
    for (const what of allow) text = addItem(text, grant.span.start, ['allow'], what);
    return finishEdit({ draft: withFile(draftOf(folder), grant.file.path, text), next }, context);
  },
};

function customaryPlace(folder: PolicyFolder, args: Arguments, name: string): string {
  const [team, another] = args.list('team');
  const isOfOneTeam = team !== undefined && another === undefined && args.list('robot').length === 0;
  const own = isOfOneTeam ? ownFolder(findDocument(folder, 'Team', team, args.text('environment'))) : null;
  return own === null ? `grants/${name}.yaml` : `${own}grants.yaml`;
}
