/** The last step of the build: what `bin` in package.json names must be executable, and tsc does not do that. */
import { chmodSync } from 'node:fs';

for (const bin of ['cli/main.js', 'dataplane/main.js']) chmodSync(new URL(`../dist/${bin}`, import.meta.url), 0o755);
