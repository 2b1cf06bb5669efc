import { EXPLANATIONS } from '../../compiler/diagnostics/explanations/index.ts';
import { DIAGNOSTICS } from '../../compiler/diagnostics/registry.ts';
import { isCode, renderCodes, renderPage } from '../../compiler/diagnostics/render-page.ts';
import { didYouMean } from '../../compiler/diagnostics/suggest.ts';
import { FORMAT, type Command } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { failure } from '../failure.ts';

export const explain: Command = {
  name: 'explain',
  summary: 'what a diagnostic code means, with a wrong and a right example',
  positionals: [{ name: 'CODE', help: 'such as link/unknown-reference; otherwise all of them, one in a line' }],
  options: { format: FORMAT },
  examples: [
    ['mcpgw explain link/unknown-reference', 'one code'],
    ['mcpgw explain', 'the list of all codes'],
  ],
  async run({ args, terminal }) {
    const code = args.positional('CODE');
    const isJson = args.requiredText('format') === 'json';
    if (code === null) {
      terminal.result(isJson ? `${JSON.stringify(DIAGNOSTICS, null, 2)}\n` : renderCodes());
      return EXIT.ok;
    }
    // As it stands in a diagnostic: `[link/unknown-reference]`.
    const name = code.replace(/^\[(.*)\]$/, '$1');
    if (!isCode(name)) {
      const help = didYouMean(name, Object.keys(DIAGNOSTICS)) ?? '`mcpgw explain` lists all codes';
      throw failure(code, 'is no diagnostic code', help);
    }
    const page = { code: name, ...DIAGNOSTICS[name], ...EXPLANATIONS[name] };
    terminal.result(isJson ? `${JSON.stringify(page, null, 2)}\n` : renderPage(name));
    return EXIT.ok;
  },
};
