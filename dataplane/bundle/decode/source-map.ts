import type { SourceMap } from '../../../schemas/types/sourcemap.ts';
import { decodeShape, integer, list, literal, object, text } from '../../format/shape.ts';

/** Where a rule stands in the policy repository. */
export interface RulePlace {
  /** Kind/name. */
  readonly name: string;
  /** file:line:column, from 1. */
  readonly at: string;
}

const SOURCE_MAP = object<SourceMap>({
  format: literal(1),
  files: list(text()),
  names: list(text()),
  file: list(integer(0)),
  line: list(integer(1)),
  column: list(integer(1)),
});

/**
 * A look-up of rule ids in `sourcemap.json`. Parsed when the first rule is explained, not when the bundle loads: no
 * decision depends on it. An id that it lacks, a negative one, and a map that cannot be read all give null.
 */
export function openSourceMap(bytes: Buffer): (rule: number) => RulePlace | null {
  let map: SourceMap | null | undefined;
  return (rule) => {
    if (map === undefined) map = parse(bytes);
    const name = map?.names[rule];
    const file = map?.files[map.file[rule] ?? -1];
    if (map === null || name === undefined || file === undefined) return null;
    return { name, at: `${file}:${map.line[rule] ?? 0}:${map.column[rule] ?? 0}` };
  };
}

function parse(bytes: Buffer): SourceMap | null {
  try {
    const decoded = decodeShape(SOURCE_MAP, JSON.parse(bytes.toString('utf8')));
    return decoded.ok ? decoded.value : null;
  } catch {
    return null;
  }
}
