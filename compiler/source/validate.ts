import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { PolicyDocument } from '../../schemas/types/documents.ts';
import { isDate, isTime, isUrl } from './formats.ts';
import { POLICY_SCHEMAS } from './policy-schemas.ts';

/** By kind, never one `oneOf` over all kinds: one mistake must give one error. */
const validators = new Map<string, ValidateFunction<PolicyDocument>>();

const ajv = new Ajv2020({
  strict: true,
  strictRequired: false,
  allErrors: true,
  verbose: true,
  formats: { date: isDate, 'date-time': isTime, uri: isUrl },
});

export type Validation =
  | { readonly ok: true; readonly value: PolicyDocument }
  | { readonly ok: false; readonly errors: readonly ErrorObject[] };

/** Whether a value is a document of the kind, which must be one of `POLICY_SCHEMAS`. */
export function validate(kind: string, value: unknown): Validation {
  const validator = validators.get(kind) ?? ajv.compile<PolicyDocument>(POLICY_SCHEMAS.get(kind) ?? {});
  validators.set(kind, validator);
  return validator(value) ? { ok: true, value } : { ok: false, errors: validator.errors ?? [] };
}
