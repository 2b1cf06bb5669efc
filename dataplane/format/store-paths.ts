/**
 * Where things lie in a bundle store, be it a directory or a web server (bundle.md, Objects). Ids are hex and channel
 * names are names of the language, so no part of a path can leave the store.
 */
export function bundleTarPath(id: string): string {
  return `bundles/${id}.tar`;
}

export function bundleEnvelopePath(id: string): string {
  return `bundles/${id}.dsse.json`;
}

export function channelPath(channel: string): string {
  return `channels/${channel}.dsse.json`;
}

/** Whether this can name a channel, a workspace or an environment (language.md, Names). */
export function isName(text: string): boolean {
  return /^[a-z][a-z0-9-]{0,39}$/.test(text);
}
