import { startFixture, type FixtureEra } from './start-fixture.ts';
import type { Transparent } from './transparent.ts';

/** The fixture, or the proxy in front of it, as a suite meets it. */
export interface Target {
  readonly url: string;
  /** Null without a proxy. */
  readonly proxy: Transparent | null;
  close(): Promise<void>;
}

/** Everything under the scheme of the fixture. */
const FIXTURE_RESOURCES: readonly string[] = ['test://**'];

export async function openTarget(era: FixtureEra, isDirect: boolean): Promise<Target> {
  const fixture = await startFixture(era);
  if (isDirect) return { url: fixture.url, proxy: null, close: () => fixture.stop() };
  try {
    const { openTransparent } = await import('./transparent.ts');
    const proxy = await openTransparent({ url: fixture.url, catalogUrl: fixture.url, resources: FIXTURE_RESOURCES });
    const close = async (): Promise<void> => {
      await proxy.close();
      await fixture.stop();
    };
    return { url: proxy.url, proxy, close };
  } catch (problem) {
    await fixture.stop();
    throw problem;
  }
}
