import type { Command } from '../command.ts';
import { draftOf, placeFor, withDocument } from '../edit/draft-folder.ts';
import { findDocument, whereIs } from '../edit/find-document.ts';
import { EDIT_OPTIONS, environmentsFor, finishEdit, refuseOther } from '../edit/finish-edit.ts';
import { ownFolder } from '../edit/own-folder.ts';
import { readPolicyFiles } from '../policy-folder.ts';

export const robotAdd: Command = {
  name: 'robot add',
  summary: 'add a robot: a program with access of its own',
  description: 'It can do nothing until it is granted something, and has no key until `mcpgw robot key` makes one.',
  positionals: [{ name: 'NAME', help: 'name of the Robot', required: true }],
  options: {
    owner: {
      value: 'TEAM',
      help: 'the Team that answers for it; disabling the team disables the robot',
      required: true,
    },
    expires: { value: 'DATE', help: 'YYYY-MM-DD, its last day (UTC)', required: true },
    ...EDIT_OPTIONS,
  },
  examples: [['mcpgw robot add release-bot --owner payments --expires 2027-03-31', 'a robot of the payments team']],
  async run(context) {
    const { args } = context;
    const folder = await readPolicyFiles(args.requiredText('policies'));
    const name = args.requiredPositional('NAME');
    const [owner, expires] = [args.requiredText('owner'), args.requiredText('expires')];
    const environment = args.text('environment');
    const next = [
      `mcpgw robot key ${name} --environment ${environment ?? 'ENVIRONMENT'}`,
      `mcpgw grant add NAME --gateway GATEWAY --robot ${name} --allow ALLOWLIST`,
    ];
    const robot = findDocument(folder, 'Robot', name, environment);
    if (robot !== null) {
      if (robot.value.owner !== owner) refuseOther(name, 'Robot', 'owner', whereIs(folder, robot));
      if (robot.value.expires !== expires) refuseOther(name, 'Robot', 'expiry', whereIs(folder, robot));
      return finishEdit({ draft: draftOf(folder), next }, context);
    }
    const team = findDocument(folder, 'Team', owner, environment);
    const place = placeFor(args.text('file'), `${ownFolder(team) ?? 'robots/'}${name}.yaml`);
    const value = { kind: 'Robot', name, environments: environmentsFor(folder, environment), owner, expires };
    return finishEdit({ draft: withDocument(draftOf(folder), place, value), next }, context);
  },
};
