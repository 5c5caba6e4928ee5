import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runQueries } from './run-queries.ts';
import { oneInHundred } from './service-times.ts';

// Each row: leaves, hedging, the share of queries over 900 ms: at least, at most.
const rows: [leaves: number, hedging: boolean, least: number, most: number][] = [
  [5, false, 0.03, 0.07],
  [100, false, 0.58, 0.69],
  [5, true, 0, 0.002],
  [100, true, 0, 0.002],
];

for (const [leaves, hedging, least, most] of rows) {
  test(`runQueries: ${leaves} leaves of which one in a hundred is slow, hedging ${hedging ? 'on' : 'off'}`, async () => {
    const options = { leaves, replicas: 3, queries: 1000, hedging, seed: 9, times: oneInHundred };
    const { latenciesMs, extraShare } = await runQueries(options);
    const share = latenciesMs.filter((latency) => latency > 900).length / latenciesMs.length;
    assert.ok(share >= least && share <= most, `${share} of the queries took more than 900 ms`);
    assert.ok(hedging ? extraShare <= 0.05 : extraShare === 0, `${extraShare} more tasks`);
  });
}
