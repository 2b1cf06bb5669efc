export { resolvePerson, type Caller, type Person } from './caller.ts';
export { decide, visible } from './decide.ts';
export { ABSENCES, type Absence, type Decision, type Reason, type Slot } from './decision.ts';
export { buildEngine, type Engine, type EngineResult } from './engine.ts';
export { exposedName, type GatewayEngine } from './gateway.ts';
export { viewOf, type View, type Visible } from './view.ts';
