const TOKEN = /[ \n\r\t]*("(?:[^"\\]|\\.)*"|[-\d][-+.\dEe]*|true|false|null|[{}[\],:])/suy;

/**
 * JSON as a value, read without V8's shortcut for keys: once Node 24.21 has parsed an object with the key `0[` and then `1\`,
 * it reads the key `"1\""` behind `"0["` as `1\`. Throws where `JSON.parse` does.
 */
export function parsePlainly(json: string): unknown {
  JSON.parse(json);
  TOKEN.lastIndex = 0;
  let token = '';
  const next = (): string => (token = TOKEN.exec(json)?.[1] ?? '');
  const value = (): unknown => {
    if (token === '{') return Object.fromEntries(members());
    if (token === '[') return items();
    return JSON.parse(token);
  };
  const items = (): unknown[] => {
    const read: unknown[] = [];
    while (next() !== ']') if (token !== ',') read.push(value());
    return read;
  };
  const members = (): [string, unknown][] => {
    const read: [string, unknown][] = [];
    while (next() !== '}') {
      if (token === ',') continue;
      const key = String(JSON.parse(token));
      next();
      next();
      read.push([key, value()]);
    }
    return read;
  };
  next();
  return value();
}
