/** What became of one test. */
export interface TestOutcome {
  readonly environment: string;
  readonly suite: string;
  readonly name: string;
  /** file:line:column of the test. */
  readonly at: string;
  /** Null when it passed. */
  readonly failure: TestFailure | null;
}

export interface TestFailure {
  readonly expected: string;
  readonly actual: string;
  /** The rules behind the actual outcome, and what else helps to see why. */
  readonly notes: readonly Note[];
}

export interface Note {
  readonly text: string;
  /** file:line:column in the policy, or null. */
  readonly at: string | null;
}
