/** Wording that speaks to the model instead of describing the tool. A reason to look, never a proof. */
const PHRASES: readonly RegExp[] = [
  /\b(?:ignore|disregard|forget|override|bypass)\b[^.\n]{0,60}\b(?:instruction|rule|prompt|guideline|polic|restriction)/i,
  /\b(?:do not|don['’]t|never|without)\b[^.\n]{0,40}\b(?:tell|mention|inform|reveal|notify|show|alert|ask)(?:ing)?\b[^.\n]{0,40}\buser\b/i,
  /\b(?:secretly|silently|covertly)\b/i,
  /\bsystem prompt\b/i,
  /\b(?:respond|reply|answer) (?:only |always )?with\b/i,
  /\b(?:for|to) (?:an?|the|any) (?:llm|ai|language model|autonomous agent|ai agent|assistant)\b/i,
  /<\/?\s*(?:system|important|instructions?|secret|assistant|critical)\s*>/i,
  /\b(?:you are|act as|behave as|pretend)\b[^.\n]{0,20}\b(?:ai|assistant|language model|llm|agent)\b/i,
  /\b(?:assistant|language model|llm|ai agent|ai model)\s+(?:must|should|shall|has to|needs to)\b/i,
  /\b(?:always|first|before (?:using|calling|invoking|running|doing))\b[^.\n]{0,40}\b(?:call|use|invoke|run)\b[^.\n]{0,20}\bthis (?:tool|function)\b/i,
  /\bbefore (?:using|calling|invoking|running) (?:any|another|other|this|the)\b[^.\n]{0,40}\b(?:tool|function)s?\b/i,
  /\b(?:read|send|include|pass|attach|copy|forward)\b[^\n]{0,60}(?:\.ssh\b|\bid_rsa\b|\.env\b|\bcredentials?\b|\bapi[ _-]?keys?\b|\bpasswords?\b|\bconversation\b)/i,
];

/** The phrases of a text that seem to be addressed to a model, as written, in the order in which they stand. */
export function modelPhrases(text: string): readonly string[] {
  const found = PHRASES.map((pattern) => pattern.exec(text))
    .filter((match) => match !== null)
    .sort((a, b) => a.index - b.index)
    .map((match) => match[0]);
  return [...new Set(found)];
}
