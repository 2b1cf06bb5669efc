import { open } from 'node:fs/promises';
import { SECRET_BYTES_MAX } from '../limits.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export type ReferenceFailure = 'malformed-reference' | 'unreadable' | 'empty' | 'too-large' | 'not-text';

export type ReferenceResult =
  { readonly ok: true; readonly value: string } | { readonly ok: false; readonly reason: ReferenceFailure };

/**
 * The value that `file:PATH` or `env:NAME` of proxy.yaml stands for, without the white space around it (editors end a file
 * with a line end). At most `SECRET_BYTES_MAX` bytes of UTF-8. Never rejects, and a failure never quotes the value.
 */
export async function readReference(reference: string, environment: Environment): Promise<ReferenceResult> {
  if (reference.startsWith('file:')) return readFileReference(reference.slice('file:'.length));
  if (!reference.startsWith('env:')) return { ok: false, reason: 'malformed-reference' };
  const name = reference.slice('env:'.length);
  const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
  return value === undefined ? { ok: false, reason: 'unreadable' } : trimmed(value);
}

async function readFileReference(path: string): Promise<ReferenceResult> {
  try {
    const file = await open(path, 'r');
    try {
      // One byte more than allowed tells a file that is too large from one that just fits, whatever its size says.
      const { buffer, bytesRead } = await file.read(Buffer.alloc(SECRET_BYTES_MAX + 1), 0, SECRET_BYTES_MAX + 1, 0);
      if (bytesRead > SECRET_BYTES_MAX) return { ok: false, reason: 'too-large' };
      const bytes = buffer.subarray(0, bytesRead);
      const text = bytes.toString('utf8');
      return Buffer.from(text).equals(bytes) ? trimmed(text) : { ok: false, reason: 'not-text' };
    } finally {
      await file.close();
    }
  } catch {
    return { ok: false, reason: 'unreadable' };
  }
}

function trimmed(text: string): ReferenceResult {
  const value = text.trim();
  if (value === '') return { ok: false, reason: 'empty' };
  return value.length > SECRET_BYTES_MAX ? { ok: false, reason: 'too-large' } : { ok: true, value };
}
