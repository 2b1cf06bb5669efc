/** What the scenarios need of a client, whichever SDK it is of. */
export interface ScenarioClient {
  listTools(): Promise<readonly ListedTool[]>;
  callTool(name: string, args: Record<string, unknown>): Promise<unknown>;
  listResources(): Promise<readonly string[]>;
  readResource(uri: string): Promise<unknown>;
  listPrompts(): Promise<readonly string[]>;
  getPrompt(name: string): Promise<unknown>;
}

interface ListedTool {
  readonly name: string;
  readonly inputSchema: unknown;
}

/** Calls that a scenario hands to the client (its context). */
export interface WantedCall {
  readonly name: string;
  readonly arguments: Record<string, unknown>;
}

type Play = (client: ScenarioClient, calls: readonly WantedCall[]) => Promise<unknown>;

/** Looks at the tools, then calls one, as clients do. */
const listAndCall =
  (name: string, args: Record<string, unknown> = {}): Play =>
  async (client) => {
    await client.listTools();
    return client.callTool(name, args);
  };

/** What a client does in each scenario of the client suites that is not about authorization. */
const PLAYS: ReadonlyMap<string, Play> = new Map<string, Play>([
  ['initialize', (client) => client.listTools()],
  ['tools_call', listAndCall('add_numbers', { a: 5, b: 3 })],
  ['elicitation-sep1034-client-defaults', listAndCall('test_client_elicitation_defaults')],
  ['sse-retry', listAndCall('test_reconnection')],
  ['request-metadata', (client) => client.listTools()],
  ['sep-2322-client-request-state', playRequestState],
  ['http-standard-headers', playEveryMethod],
  ['http-custom-headers', playWantedCalls],
  ['http-invalid-tool-headers', playEveryTool],
  ['json-schema-ref-no-deref', (client) => client.listTools()],
  ['json-schema-2020-12-preservation', playSchemaEcho],
]);

/** @throws Error for a scenario that is not in the table. */
export async function playScenario(
  scenario: string,
  client: ScenarioClient,
  calls: readonly WantedCall[],
): Promise<void> {
  const play = PLAYS.get(scenario);
  if (play === undefined) throw new Error(`the client does not know the scenario ${scenario}`);
  await play(client, calls);
}

/** Rounds of one tool must not leak into the next. */
async function playRequestState(client: ScenarioClient): Promise<void> {
  await client.listTools();
  await client.callTool('test_mrtr_echo_state', {});
  await client.callTool('test_mrtr_unrelated', {});
  await client.callTool('test_mrtr_no_state', {});
  // A result without `resultType` is complete by default; a client that refuses it has understood that, too.
  await client.callTool('test_mrtr_no_result_type', {}).catch(() => null);
}

async function playEveryMethod(client: ScenarioClient): Promise<void> {
  for (const { name } of await client.listTools()) await client.callTool(name, {});
  for (const uri of await client.listResources()) await client.readResource(uri);
  for (const name of await client.listPrompts()) await client.getPrompt(name);
}

async function playWantedCalls(client: ScenarioClient, calls: readonly WantedCall[]): Promise<void> {
  await client.listTools();
  for (const call of calls) await client.callTool(call.name, call.arguments);
}

/** Calls whatever is offered: what has a broken definition should not be. */
async function playEveryTool(client: ScenarioClient): Promise<void> {
  for (const { name } of await client.listTools()) await client.callTool(name, { region: 'eu', value: 'x' });
}

async function playSchemaEcho(client: ScenarioClient): Promise<void> {
  const tools = await client.listTools();
  const schema = tools.find(({ name }) => name === 'json_schema_2020_12_tool')?.inputSchema;
  await client.callTool('json_schema_echo', { schema });
}
