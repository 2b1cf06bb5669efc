import { registerHooks } from 'node:module';

const FILES = {
  server: ['/dataplane/http/server.ts', './node-server.ts'],
  upstream: ['/dataplane/http/upstream.ts', './undici-upstream.ts'],
} as const;

/** Has a proxy that is started with `--import` load other files for one side of `dataplane/http`, or both. */
export function useInstead(sides: readonly (keyof typeof FILES)[]): void {
  registerHooks({
    resolve: (specifier, context, next) => {
      const found = next(specifier, context);
      // What stands in for a file may still use it.
      if (context.parentURL?.includes('/test/bench/engines/') === true) return found;
      const side = sides.find((name) => found.url.endsWith(FILES[name][0]));
      return side === undefined ? found : { ...found, url: new URL(FILES[side][1], import.meta.url).href };
    },
  });
}
