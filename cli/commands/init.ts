import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { failure, onPath } from '../failure.ts';
import { starterFiles } from '../starter/starter-files.ts';
import { PUBLIC, writeNewFile } from '../write-file.ts';

export const init: Command = {
  name: 'init',
  summary: 'write a small policy to begin with',
  description: 'A workspace, a team, a robot, a server, a gateway, grants, a redaction rule and tests, all explained.',
  positionals: [{ name: 'DIR', help: 'a folder that does not exist yet, or is empty', default: 'policies' }],
  options: {},
  examples: [
    ['mcpgw init', 'into ./policies'],
    ['mcpgw init && mcpgw test && mcpgw serve', 'from nothing to a gateway on this machine'],
  ],
  async run({ args, terminal }) {
    const folder = args.requiredPositional('DIR');
    if (existsSync(folder) && (await onPath(folder, readdir(folder))).length > 0) {
      throw failure(folder, 'is not empty', 'nothing is overwritten: name a new folder');
    }
    const files = starterFiles(new Date());
    for (const [path, text] of files) await writeNewFile(join(folder, path), text, PUBLIC);
    terminal.result([...files.keys()].map((path) => `${join(folder, path)}\n`).join(''));
    const named = folder === 'policies' ? '' : ` ${folder}`;
    terminal.comment(`wrote ${files.size} files; next: mcpgw check${named}, mcpgw test${named}, mcpgw serve${named}`);
    return EXIT.ok;
  },
};
