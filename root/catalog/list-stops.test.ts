import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyCatalog } from '../../shared/catalog/catalog.ts';
import { catalogPartition, leasesPartition } from '../../shared/log/log.ts';
import type { StopReport } from '../../shared/protocol/reports.ts';
import { listStops } from './list-stops.ts';

const stop: StopReport = { offset: 7, code: 'BATCH_VERSION_UNKNOWN', reason: 'newer' };

// Each row: where this root stands still, in the catalog and in the leases, and what is told.
const rows: [name: string, catalog: StopReport | null, leases: StopReport | null, expected: string[]][] = [
  ['nowhere', null, null, []],
  ['in the leases', null, stop, [`${leasesPartition} 7 root`]],
  ['in both', stop, { ...stop, offset: 9 }, [`${catalogPartition} 7 root`, `${leasesPartition} 9 root`]],
];
for (const [name, stopped, leases, expected] of rows) {
  test(`listStops: ${name}`, () => {
    const listed = listStops({ state: emptyCatalog, stopped }, [], { [leasesPartition]: leases });
    assert.deepEqual(
      listed.map(({ partition, offset, by }) => `${partition} ${offset} ${by.join()}`),
      expected,
    );
    for (const { fix, partition, offset } of listed)
      assert.match(fix, new RegExp(`sheaf entry ${partition} ${offset}`));
  });
}
