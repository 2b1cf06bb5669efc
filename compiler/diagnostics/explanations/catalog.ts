import { SERVER, WIKI, wikiLock } from './example-documents.ts';
import type { Explanations } from './explanation.ts';

const PLAIN = '0'.repeat(64);
const GOOD = { 'wiki.yaml': WIKI, 'wiki.lock.json': wikiLock() };

export const CATALOG_EXPLANATIONS: Explanations<'catalog'> = {
  'catalog/missing-lock': {
    meaning:
      'A Server has no lock file. The lock holds the definitions that somebody has reviewed: without it, nothing of the ' +
      'server is known, and nothing can be granted.',
    remedy: 'Write it with `mcpgw catalog sync`, or correct the path under `catalog`.',
    wrong: SERVER.replace('catalog: tickets', 'catalog: ticket'),
    right: SERVER,
  },
  'catalog/bad-lock': {
    meaning: 'A lock file does not have the form of lock files, so nothing in it can be believed.',
    remedy: 'Restore it from git, or write it again with `mcpgw catalog sync`. It is never edited by hand.',
    wrong: { ...GOOD, 'wiki.lock.json': wikiLock().replace('"format": 1,', '"format": 1') },
    right: GOOD,
  },
  'catalog/wrong-server': {
    meaning:
      'A Server names the lock file of another Server. Definitions belong to the server that they were read from.',
    remedy: 'Name its own lock file, or write one with `mcpgw catalog sync`.',
    wrong: { ...GOOD, 'wiki.lock.json': wikiLock({ server: 'docs' }) },
    right: GOOD,
  },
  'catalog/stale-digest': {
    meaning:
      'A definition in a lock file does not match the digest beside it: somebody changed one of them by hand. The proxy ' +
      'compares definitions with their digests, so such a tool would count as changed.',
    remedy: 'Restore the file from git, or write it again with `mcpgw catalog sync`.',
    wrong: { ...GOOD, 'wiki.lock.json': wikiLock({ digest: PLAIN }) },
    right: GOOD,
  },
  'catalog/unusable-tool': {
    meaning:
      'A tool is defined in a way that nobody can call it through a gateway, for example with an argument that has to ' +
      'travel as a header whose name no header can have. It stays hidden and denied.',
    remedy: 'Ask the owner of the server to mend the definition, then sync the catalog again.',
    wrong: {
      ...GOOD,
      'wiki.lock.json': wikiLock({
        inputSchema: { properties: { title: { type: 'string', 'x-mcp-header': 'Page Title' } }, type: 'object' },
      }),
    },
    right: GOOD,
  },
  'catalog/unreadable-text': {
    meaning:
      'A definition holds characters that a reviewer does not see, or that show a text in another order. Models do read ' +
      'them, so instructions can hide there.',
    remedy: 'Find out what the text hides. If it is to stay, ask the owner of the server to write it plainly.',
    wrong: {
      ...GOOD,
      'wiki.lock.json': wikiLock({ description: 'A\u200B page.' }),
    },
    right: GOOD,
  },
};
