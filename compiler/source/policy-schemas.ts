import type { PolicyDocument } from '../../schemas/types/documents.ts';
import allowlist from '../../schemas/policy/allowlist.schema.json' with { type: 'json' };
import client from '../../schemas/policy/client.schema.json' with { type: 'json' };
import gateway from '../../schemas/policy/gateway.schema.json' with { type: 'json' };
import grant from '../../schemas/policy/grant.schema.json' with { type: 'json' };
import guard from '../../schemas/policy/guard.schema.json' with { type: 'json' };
import invariant from '../../schemas/policy/invariant.schema.json' with { type: 'json' };
import limit from '../../schemas/policy/limit.schema.json' with { type: 'json' };
import redactionRule from '../../schemas/policy/redaction-rule.schema.json' with { type: 'json' };
import robot from '../../schemas/policy/robot.schema.json' with { type: 'json' };
import role from '../../schemas/policy/role.schema.json' with { type: 'json' };
import server from '../../schemas/policy/server.schema.json' with { type: 'json' };
import team from '../../schemas/policy/team.schema.json' with { type: 'json' };
import testSuite from '../../schemas/policy/test-suite.schema.json' with { type: 'json' };
import workspace from '../../schemas/policy/workspace.schema.json' with { type: 'json' };

type Kind = PolicyDocument['kind'];

/** What the compiler reads of a schema to explain a mistake. */
export interface Schema {
  readonly $schema?: string;
  /** Where it is published. */
  readonly $id?: string;
  readonly type?: string;
  readonly const?: string | number | boolean;
  readonly enum?: readonly string[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema | false>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly if?: Schema;
  readonly not?: Schema;
  readonly description?: string;
  readonly examples?: readonly unknown[];
}

const SCHEMAS: Readonly<Record<Kind, Schema>> = {
  Allowlist: allowlist,
  Client: client,
  Gateway: gateway,
  Grant: grant,
  Guard: guard,
  Invariant: invariant,
  Limit: limit,
  RedactionRule: redactionRule,
  Robot: robot,
  Role: role,
  Server: server,
  Team: team,
  TestSuite: testSuite,
  Workspace: workspace,
};

/** The schemas of all kinds, sorted by kind. They refer to nothing outside themselves. */
export const POLICY_SCHEMAS: ReadonlyMap<string, Schema> = new Map(Object.entries(SCHEMAS));
