import { addItem } from '../../compiler/edit/edit-document.ts';
import type { Command } from '../command.ts';
import { draftOf, placeFor, withDocument, withFile } from '../edit/draft-folder.ts';
import { findDocument } from '../edit/find-document.ts';
import { EDIT_OPTIONS, environmentsFor, finishEdit } from '../edit/finish-edit.ts';
import { parsePeople } from '../edit/people.ts';
import { failure } from '../failure.ts';
import { readPolicyFiles } from '../policy-folder.ts';

export const teamAdd: Command = {
  name: 'team add',
  summary: 'add people to a team, which is made if it does not exist',
  description:
    'Addresses may be pasted as they come: separated by commas, semicolons or spaces, with or without names. Whoever is a ' +
    'member already is not added again. Comments and layout of the file stay.',
  positionals: [
    { name: 'TEAM', help: 'name of the Team', required: true },
    { name: 'USER', help: 'an email address, or issuer:id', repeated: true },
  ],
  options: {
    group: { value: 'GROUP', help: 'a group of the identity provider, as tokens name it', repeated: true },
    ...EDIT_OPTIONS,
  },
  examples: [
    ['mcpgw team add payments ana@acme.dev, bob@acme.dev', 'two people'],
    ['mcpgw team add payments --group payments-eng', 'whoever is in the group, live in their token'],
  ],
  async run(context) {
    const { args } = context;
    const folder = await readPolicyFiles(args.requiredText('policies'));
    const name = args.requiredPositional('TEAM');
    const users = parsePeople(args.positionals('USER'));
    const groups = args.list('group');
    if (users.length + groups.length === 0) throw failure('USER', 'is required, or --group');
    const environment = args.text('environment');
    const team = findDocument(folder, 'Team', name, environment);
    if (team === null) {
      const members = { ...(groups.length > 0 ? { groups } : {}), ...(users.length > 0 ? { users } : {}) };
      const value = { kind: 'Team', name, environments: environmentsFor(folder, environment), members };
      const draft = withDocument(draftOf(folder), placeFor(args.text('file'), `teams/${name}.yaml`), value);
      return finishEdit(
        { draft, next: [`mcpgw grant add NAME --gateway GATEWAY --team ${name} --allow ALLOWLIST`] },
        context,
      );
    }
    let { text } = team.file;
    for (const group of groups) text = addItem(text, team.span.start, ['members', 'groups'], group);
    for (const user of users) text = addItem(text, team.span.start, ['members', 'users'], user);
    return finishEdit({ draft: withFile(draftOf(folder), team.file.path, text), next: [] }, context);
  },
};
