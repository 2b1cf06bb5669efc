/** What texts for people hardly ever say, and texts for models do. */
export interface Phrase {
  readonly entity: 'INSTRUCTION' | 'CHAT_MARKUP' | 'TOOL_CALL';
  /** RE2 syntax; bounded, so that a match stays within a sentence or two. */
  readonly pattern: string;
  readonly score: number;
}

const MODEL = '(?:ai|a\\.i\\.|assistant|llm|language model|chat ?bot|agent|claude|chatgpt|gpt|copilot|gemini|model)s?';
const NEAR = '[^.\\n]{0,40}';

const instruction = (score: number, pattern: string): Phrase => ({
  entity: 'INSTRUCTION',
  score,
  pattern: `(?i)${pattern}`,
});

export const PHRASES: readonly Phrase[] = [
  // To set aside what the model was told.
  instruction(
    0.8,
    `\\b(?:ignore|disregard|forget|override|bypass|(?:stop|not|don't|without) follow(?:ing)?)\\b${NEAR}\\b(?:previous|prior|above|earlier|preceding|all|any|your|you|safety|system|original|initial|developer)\\b${NEAR}\\b(?:instructions?|prompts?|rules|guidelines|directives?|constraints|programming|training|messages)\\b`,
  ),
  instruction(0.7, '\\b(?:ignore|disregard|forget) (?:everything|anything|all of (?:it|this|that|the)|all (?:the|that is) above)[^.\\n]{0,30}\\b(?:above|so far|before (?:this|that|now)|you (?:were|have been))\\b'),
  instruction(0.7, `\\bforget\\b${NEAR}\\b(?:rules|instructions|guidelines)\\b${NEAR}\\b(?:given|told|earlier|before)\\b`),
  instruction(0.6, '\\byour (?:new|real|actual|only|true) (?:task|goal|job|instructions?|purpose|objective) (?:is|are)\\b'),
  instruction(0.6, '\\bnew (?:system )?instructions?:'),
  // To be somebody else.
  instruction(0.7, `\\byou are (?:now |no longer )${NEAR}\\b(?:without|unrestricted|jailbroken|free of|not bound|no (?:rules|restrictions|limits))\\b`),
  instruction(0.7, `\\b(?:act|behave|respond|pretend|continue) as (?:if|though|an?)\\b${NEAR}\\b(?:developer mode|unrestricted|jailbroken|no (?:rules|restrictions)|root|dan)\\b`),
  instruction(0.6, '\\bfrom now on,? you (?:must|will|should|are|shall|have to)\\b'),
  // To act, and to be quiet about it.
  instruction(0.6, `\\b(?:do not|don't|never|without)[ ,]+(?:ever )?(?:tell(?:ing)?|inform(?:ing)?|mention(?:ing)?|reveal(?:ing)?|notify(?:ing)?|alert(?:ing)?)\\b${NEAR}\\bthe (?:user|human|operator|customer)\\b`),
  instruction(0.6, `\\b(?:reveal|print|show|output|repeat|leak|disclose|display)\\b[^.\\n]{0,20}\\b(?:the (?:system|hidden|initial|original|secret)|your(?: (?:system|hidden|initial|original|secret))?) (?:prompt|instructions?)\\b`),
  instruction(0.7, `\\b(?:before|after|when|whenever)\\b${NEAR}\\b(?:us(?:e|ing)|call(?:ed|ing)?|invok(?:e|ing))\\b${NEAR}\\btools?\\b${NEAR}\\byou (?:must|should|have to|need to)\\b`),
  instruction(0.7, `\\bwhen this tool is (?:called|used)\\b[^\\n]{0,120}\\b(?:never|not|without)\\b`),
  instruction(0.4, `\\b(?:send|post|forward|upload|exfiltrate|transmit|email|e-mail|leak)\\b[^.\\n]{0,30}\\b(?:conversation|chat history|api keys?|credentials|passwords?|tokens|secrets|private keys?|environment variables)\\b[^.\\n]{0,30}\\b(?:to|at|via)\\b`),
  instruction(0.6, `\\b(?:read|cat|open)\\b[^.\\n]{0,20}(?:id_rsa|id_ed25519|\\.ssh/|\\.aws/credentials|\\.env\\b|/etc/passwd)[^.\\n]{0,60}\\b(?:pass|send|include|append|put|post)\\b`),
  instruction(0.6, '\\b(?:decode|decrypt)\\b[^.\\n]{0,40}\\b(?:and|then) (?:execute|follow|obey|run) (?:it|them|the)\\b'),
  // To whoever reads it as a model.
  instruction(0.6, `\\b(?:note|message|attention|instructions?|important|reminder|hint)\\b[^.\\n]{0,15}\\b(?:to|for)\\b[^.\\n]{0,12}\\b${MODEL}\\b[^.\\n]{0,30}:`),
  instruction(0.6, `\\bas an? (?:ai|large) ?(?:language model|assistant|agent|model)?,? you (?:must|are required|have to|should|need to)\\b`),
  instruction(0.6, `\\bthe (?:assistant|ai|model|llm) (?:should|must|will|shall|needs to) (?:silently|secretly|immediately|now|first|always|never)\\b`),
  instruction(0.6, `\\b(?:hey|hi|hello|dear),? (?:claude|chatgpt|copilot|gemini|assistant|ai)\\b`),
  instruction(0.6, `<!--[^>]{0,20}\\b${MODEL}\\b ?:`),
  instruction(0.5, '</?(?:important|system|instructions?|secret)>'),
  instruction(0.6, '\\bsystem: ?[^\\n]{0,80}\\b(?:approved|authori[sz]ed|override|without asking)\\b'),
  // What separates the turns of a conversation.
  { entity: 'CHAT_MARKUP', score: 0.9, pattern: '<\\|(?:im_start|im_end|system|user|assistant|endoftext|start_header_id|end_header_id|eot_id)\\|>' },
  { entity: 'CHAT_MARKUP', score: 0.9, pattern: '\\[/?INST\\]|<</?SYS>>' },
  { entity: 'CHAT_MARKUP', score: 0.6, pattern: '\\n[ \\t]{0,4}(?:Human|Assistant|System|User): [^\\n]{0,200}\\n\\s{0,8}(?:Human|Assistant|System|User): ' },
  { entity: 'CHAT_MARKUP', score: 0.6, pattern: '#{2,4} ?(?:Instruction|System|Assistant|Response)s?: ' },
  // What looks like a model's own call of a tool, or like its result.
  { entity: 'TOOL_CALL', score: 0.8, pattern: '</?(?:tool_calls?|function_calls?|tool_use|tool_result|antml:[a-z_]{1,20})\\b[^>]{0,80}>' },
  { entity: 'TOOL_CALL', score: 0.8, pattern: '<invoke name=' },
  { entity: 'TOOL_CALL', score: 0.7, pattern: '"(?:tool_calls|function_call)" {0,4}: {0,4}[\\[{]' },
  { entity: 'TOOL_CALL', score: 0.7, pattern: '"type" {0,4}: {0,4}"tool_(?:use|result)"' },
  { entity: 'TOOL_CALL', score: 0.7, pattern: '"method" {0,4}: {0,4}"tools/call"' },
  { entity: 'TOOL_CALL', score: 0.7, pattern: '```tool_(?:code|call)' },
]; // prettier-ignore
