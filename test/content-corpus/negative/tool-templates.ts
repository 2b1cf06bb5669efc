/** What tools really answer: lists of records, logs, code, listings, dumps. Lines repeat; slots are filled anew each time. */
export interface ToolTemplate {
  readonly before: string;
  /** Repeated, and joined by `between`. */
  readonly line: string;
  readonly between: string;
  readonly after: string;
  readonly lines: readonly [least: number, most: number];
}

const json = (line: string, lines: readonly [number, number] = [5, 30]): ToolTemplate => ({
  before: '{"items":[',
  line,
  between: ',',
  after: '],"next":null}',
  lines,
});
const text = (line: string, lines: readonly [number, number] = [10, 40]): ToolTemplate => ({
  before: '',
  line,
  between: '\n',
  after: '\n',
  lines,
});

// A brace of JSON is no slot: those are letters and digits alone.
export const TOOL_TEMPLATES: readonly ToolTemplate[] = [
  json(
    '{ "id": "{uuid}", "number": {big}, "state": "open", "sha": "{sha1}", "created_at": "{stamp}", "title": "Fix {camel} in {path}" }',
  ),
  json(
    '{ "id": "{snowflake}", "type": "{snake}", "ts": "{seconds}.{small}", "count": "{small}", "cursor": "{cursor}" }',
  ),
  json(
    '{ "_id": "{objectId}", "account": "{gtin}", "version": "{semver}", "etag": "\\"{md5}\\"", "updated": {millis} }',
  ),
  json('{ "sku": "{sku}", "ean": "{gtin}", "stock": "{small}", "price": "{decimal}", "warehouse": "{hostname}" }'),
  json(
    '{ "orderNumber": "{id16}", "tracking": "{tracking}", "status": "shipped", "items": {small}, "at": "{stampOffset}" }',
  ),
  json('{ "name": "{pod}", "image": "{word}@{digest}", "restarts": "{small}", "node": "{hostname}", "uid": "{uuid}" }'),
  json('{ "lat": "{decimal}", "lng": "{decimal}", "accuracy": "{decimal}", "place": "{nanoid}" }'),
  json('{ "traceId": "{md5}", "spanId": "{hex8}{hex8}", "startTimeUnixNano": "{nanos}", "duration": "{duration}" }'),
  json('{ "arn": "{arn}", "codeSha256": "{base64url}", "lastModified": "{stamp}", "memory": "{small}" }'),
  json(
    '{ "key": "{ticket}", "id": "{big}", "summary": "{word} of {snake} fails when {camel} is {decimal}", "points": "{small}" }',
  ),
  json('{ "thumbnail": "data:image/png;base64,{base64}", "width": "{small}", "colour": "{colour}" }', [2, 6]),
  json('{ "block": "{big}", "hash": "{address}{sha256}", "gas": "{big}", "nonce": "{small}", "micros": "{micros}" }'),
  json('{ "phone_model": "{sku}", "firmware": "{fourPartVersion}", "serial": "{ulid}", "imei_hash": "{sha256}" }'),
  json('"{camel}": { "version": "{semver}", "resolved": "{registry}", "integrity": "{integrity}" }', [5, 20]),
  text('{stamp} INFO  [{word}-{small}] {camel}: {snake}={big} took {duration} (trace {md5})'),
  text('{stamp} ERROR {camel} failed: timeout after {small} ms, id={uuid}, attempt {small}'),
  text('{spaced} [{pid}] DEBUG {path}:{line} {camel}({small}, {address}) -> {decimal}'),
  text('{ip} - - "GET /{word}/{big}?page={small} HTTP/1.1" 200 {big} "-" "agent/{semver}" {duration}'),
  text(
    '{ "level": "warn", "time": {millis}, "pid": {pid}, "hostname": "{hostname}", "msg": "{snake} {big} is slow", "ms": {decimal} }',
  ),
  text('    at {camel} ({path}:{line})'),
  text('{hex8} {camel} {word}: {word} {snake} ({ticket})'),
  text('commit {sha1}\nDate:   {day}\n\n    {word}: {camel} uses {snake} instead of {constant} (#{small})\n'),
  text('-  const {camel} = {small};\n+  const {camel} = {decimal}; // was {small}, see {ticket}'),
  text('{hexdump}'),
  text('{snake}{type="{word}",shard="{small}"} {decimal} {millis}'),
  text('drwxr-xr-x  {small} root root {big} {day} {camel}.{word}'),
  text('{numbers}'),
  text('{matrix}'),
  text('{day},{big},{decimal},{small},{sku},{decimal},{gtin}'),
  text("INSERT INTO {snake} VALUES ({big}, '{uuid}', {decimal}, '{word} {word}', {seconds}, NULL);"),
  text('| {camel} | {big} | {percent} | {duration} | {semver} |'),
  text('<path d="{svg}" fill="{colour}"/>'),
  text(
    'export function {camel}({word}: string, {snake}: number): number { return {word}.{camel}({small}) + {decimal}; }',
  ),
  text(
    'def {snake}(self, {word}=None, timeout={decimal}):\n    return self.{word}.{snake}({small}, key={word}["{camel}"])\n',
  ),
  text('#define {constant} {address}\nstatic int {snake}[{small}] = { {numbers} };'),
  text('const {constant} = process.env.{constant} ?? "{word}";\nlet {camel} = await {word}.{word}({camel});'),
  text('.{word}-{word} { color: {colour}; margin: {small}px {decimal}em; width: calc({percent} - {small}px); }'),
  text('{pod}   {small}/{small}   Running   {small}   {small}d   {hostname}'),
  text('{digest} {word}:{semver} {small}MB'),
  text('SHA1 Fingerprint={fingerprint}'),
  text('{stamp} kernel: [{decimal}] {word}{small}: link up, {small}Mbps, lladdr {mac}'),
  text('ok {small} - {word} {word} does not {word} after {small} retries # time={decimal}ms'),
  text('{phoneLike} {word} {coordinates} {dimensions} {range}'),
  text(
    'The {word} of {camel} is {decimal}; it was {decimal} in {year}. Use {file} or {member} and restart {hostname} at {time}.',
  ),
  text('{api} -> {small} ({duration}), etag W/"{hex8}-{base64url}"'),
  text('~ {snake}.{word}[{small}]  id: "{upperUuid}" => (known after apply), version: {small} -> {small}'),
  text('{base64}', [1, 6]),
  text('page_token={cursor}&limit={small}&since={seconds}&state={base64url}'),
];
