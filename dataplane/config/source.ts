import { resolve } from 'node:path';

/** Whether a text says where a value is: `file:PATH` or `env:NAME`. */
export const isSource = (text: string): boolean => /^(?:file|env):./.test(text);

/** The same with an absolute path; relative ones start from `folder`. */
export function absoluteSource(source: string, folder: string): string {
  return source.startsWith('file:') ? `file:${resolve(folder, source.slice('file:'.length))}` : source;
}
