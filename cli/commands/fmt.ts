import { diagnosticsOf } from '../../compiler/diagnostics/render-json.ts';
import { FORMAT, type Command } from '../command.ts';
import { formatFiles, type FormattedFile } from '../edit/format-files.ts';
import { renderLineDiff } from '../edit/line-diff.ts';
import { rewriteFile } from '../edit/rewrite-file.ts';
import { EXIT } from '../exit-code.ts';
import { countText, diagnosticsText, hasErrors, plural } from '../show-diagnostics.ts';

/** Lines of the diff of one file that `--check` shows. */
const DIFF_LINES_MAX = 20;

/** A file that is not as it should be, and what it should be. */
interface Change extends FormattedFile {
  readonly after: string;
}

export const fmt: Command = {
  name: 'fmt',
  summary: 'write policy files in one canonical form',
  description:
    'Keys in the order of their schema, one layout, conditions and patterns quoted so that YAML cannot cut them; comments ' +
    'stay with what they are about. What a file says does not change, and a file with errors is not touched.',
  positionals: [
    { name: 'PATH', help: 'a policy file, or a folder and all below it', default: 'policies', repeated: true },
  ],
  options: {
    check: { value: null, help: 'write nothing; show what differs, and exit with 5 if anything does' },
    format: FORMAT,
  },
  examples: [
    ['mcpgw fmt', 'every file of ./policies'],
    ['mcpgw fmt --check', 'for CI'],
    ['mcpgw fmt policies/teams/payments/grants.yaml', 'one file'],
  ],
  async run({ args, terminal }) {
    const { files, diagnostics } = await formatFiles(args.positionals('PATH'));
    const changes = files.filter((file): file is Change => file.after !== null && file.after !== file.before);
    const isCheck = args.flag('check');
    if (!isCheck) for (const { path, after } of changes) await rewriteFile(path, after);
    if (args.requiredText('format') === 'json') {
      const changed = changes.map(({ path, before, after }) => ({
        file: path,
        diff: renderLineDiff(path, before, after, null),
      }));
      terminal.result(`${JSON.stringify({ files: files.length, changed, ...diagnosticsOf(diagnostics) }, null, 2)}\n`);
    } else {
      terminal.result(diagnosticsText(terminal, 'result', diagnostics));
      for (const change of changes) terminal.result(isCheck ? shortDiff(change) : `${change.path}\n`);
    }
    const found = `${plural(changes.length, 'file')} of ${files.length}`;
    if (changes.length === 0) terminal.comment(`${plural(files.length, 'file')}, nothing to change`);
    else if (isCheck) terminal.comment(`${found} would change: mcpgw fmt ${args.positionals('PATH').join(' ')}`);
    else terminal.comment(`${found} changed`);
    if (hasErrors(diagnostics)) {
      terminal.comment(`${terminal.paint('comment', 'red', countText(diagnostics))}: those files are as they were`);
      return EXIT.compile;
    }
    return isCheck && changes.length > 0 ? EXIT.gate : EXIT.ok;
  },
};

function shortDiff({ path, before, after }: Change): string {
  return renderLineDiff(path, before, after, DIFF_LINES_MAX);
}
