import type { Marker } from './markers.ts';

/** The markers that somebody can read in what was sent, however it is encoded there. */
export function sightings(texts: readonly string[], markers: readonly Marker[]): readonly string[] {
  const views = new Set<string>();
  for (const text of texts) addViews(views, text, 0);
  const all = [...views];
  return markers.filter(({ text }) => all.some((view) => view.includes(text))).map(({ entity }) => entity);
}

/** Levels of encodings within each other that are looked through. */
const LEVELS_MAX = 6;
const STRING = /"(?:[^"\\]|\\.)*"/gs;
const BASE64 = /[A-Za-z0-9+/_-](?:[A-Za-z0-9+/_\n-]{15,})={0,2}/g;

/** A text, and what it says to whoever decodes it: JSON and what looks like parts of it, base64, percent-encoding. */
function addViews(views: Set<string>, text: string, level: number): void {
  if (views.has(text) || level > LEVELS_MAX) return;
  views.add(text);
  for (const [token] of text.matchAll(STRING)) {
    const value = stringOf(token);
    if (value !== null) addViews(views, value, level + 1);
  }
  for (const [token] of text.matchAll(BASE64))
    addViews(views, Buffer.from(token, 'base64').toString('utf8'), LEVELS_MAX);
  if (text.includes('%')) addViews(views, text.replaceAll(/(?:%[0-9a-f]{2})+/gi, decoded), level + 1);
}

function stringOf(token: string): string | null {
  try {
    return JSON.parse(token) as string;
  } catch {
    return null;
  }
}

const decoded = (bytes: string): string => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8');
