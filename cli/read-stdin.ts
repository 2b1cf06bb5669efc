import { failure } from './failure.ts';

/** Standard input as text. @throws Failure when it is larger than the bound or no UTF-8. */
export async function readStdin(bytesMax: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > bytesMax) throw failure('stdin', `more than ${bytesMax} bytes`);
    chunks.push(bytes);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw failure('stdin', 'is not UTF-8');
  }
}
