import { expect, test } from 'vitest';
import { signQuestion } from '../../../../dataplane/content/external/signature.ts';

/** Vectors for whoever writes a webhook; made with Python's `hmac`, and printed in the README beside the code. */
const vectors: [name: string, secret: string, unixSeconds: number, body: string, hex: string][] = [
  [
    'a question',
    'correct horse battery staple',
    1_700_000_000,
    '{"version":1,"direction":"to-server","arguments":{}}',
    '4003984851ecfd70fe083c575fb0f19987c5d4d0330d356115d0c46f39085fa2',
  ],
  [
    'nothing',
    'correct horse battery staple',
    0,
    '',
    'ebd0db0ce83f32afcf49c4cf400a3b2d226c7509750445be8c6c571080320e77',
  ],
  [
    'texts of all alphabets',
    'correct horse battery staple',
    1_800_000_000,
    '{"values":["😀 漢字 é"]}',
    'e0ef70b388cc4adbd03e1f741fe9f892dee65270351888a9253274b611055736',
  ],
];

test.each(vectors)('%s is signed as it is anywhere else', (_name, secret, unixSeconds, body, hex) => {
  expect(signQuestion(secret, unixSeconds, Buffer.from(body, 'utf8'))).toEqual({
    'mcpgw-timestamp': String(unixSeconds),
    'mcpgw-signature': `v1=${hex}`,
  });
});

test('the secret, the time and every byte of the body count', () => {
  const body = Buffer.from('{"version":1}');
  const signatures = [
    signQuestion('correct horse battery staple', 1, body),
    signQuestion('correct horse battery stapl3', 1, body),
    signQuestion('correct horse battery staple', 11, body),
    signQuestion('correct horse battery staple', 1, Buffer.from('1\0{"version":1}')),
    signQuestion('correct horse battery staple', 1, Buffer.from('{"version":2}')),
  ].map((fields) => fields['mcpgw-signature']);
  expect(new Set(signatures).size).toBe(signatures.length);
});
