/** What media types are that tools and resources usually have. Any other is a text like all others: it could say anything. */
const USUAL = new Set([
  ...[
    'csv',
    'css',
    'html',
    'javascript',
    'markdown',
    'plain',
    'tab-separated-values',
    'uri-list',
    'x-python',
    'xml',
    'yaml',
  ].map((name) => `text/${name}`),
  ...['avif', 'bmp', 'gif', 'jpeg', 'jpg', 'png', 'svg+xml', 'tiff', 'webp', 'x-icon'].map((name) => `image/${name}`),
  ...['aac', 'flac', 'mp3', 'mp4', 'mpeg', 'ogg', 'wav', 'webm', 'x-wav'].map((name) => `audio/${name}`),
  ...['mp4', 'mpeg', 'ogg', 'quicktime', 'webm'].map((name) => `video/${name}`),
  ...['gzip', 'javascript', 'json', 'ld+json', 'msword', 'octet-stream', 'pdf', 'rtf', 'sql', 'toml', 'typescript'].map(
    (name) => `application/${name}`,
  ),
  ...['wasm', 'x-ndjson', 'x-sh', 'x-tar', 'x-yaml', 'xhtml+xml', 'xml', 'yaml', 'zip', 'vnd.ms-excel'].map(
    (name) => `application/${name}`,
  ),
  ...['presentationml.presentation', 'spreadsheetml.sheet', 'wordprocessingml.document'].map(
    (name) => `application/vnd.openxmlformats-officedocument.${name}`,
  ),
  'inode/directory',
]);
/** `mcp-app` marks what hosts show as a page (SEP-1865). */
const PARAMETERS = new Set(['', 'charset=utf-8', 'charset=us-ascii', 'profile=mcp-app']);

/** Whether a text is one of the usual media types (RFC 6838), with no parameter that says more. */
export function isUsualMediaType(text: string): boolean {
  const [type = '', parameter = '', ...more] = text.toLowerCase().split(';');
  return more.length === 0 && USUAL.has(type.trimEnd()) && PARAMETERS.has(parameter.trim());
}
