/** `node test/soak/run.ts` (`10000` for another number): 100 000 exchanges of every kind; prints what the proxy holds meanwhile. */
import { soak } from './soak.ts';

const exchanges = Number(process.argv[2] ?? 100_000);
console.log('exchanges  heap, MB  resident, MB  descriptors  resources  connections  children  under way');
const { records, expected, seconds } = await soak(exchanges, 10, (sample) => {
  const mb = (bytes: number): string => (bytes / 1e6).toFixed(1);
  const { heapBytes, residentBytes, descriptors, resources, connections, children, underWay } = sample;
  const left = Object.values(underWay).reduce((sum, count) => sum + count, 0);
  const cells = [
    sample.exchanges,
    mb(heapBytes),
    mb(residentBytes),
    descriptors,
    resources,
    connections,
    children,
    left,
  ];
  console.log(cells.join('  '));
});
console.log(`${records} audit records of ${expected}; ${Math.round(seconds)} s`);
