import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusalOf, type Applicant, type Holder } from './admit.ts';

const address = { host: 'h', port: 1 };
const elsewhere = { host: 'h', port: 2 };
const listed: Applicant = { expected: 'a', address };
const unnamed: Applicant = { expected: null, address };
const heard: Holder = { address: elsewhere, isHeard: true };
const silent: Holder = { address: elsewhere, isHeard: false };

// Each row: who the leaf says it is, of which cluster; as what it was dialled; who has the name; the root's cluster.
const rows: [string, string, string | undefined, Applicant, Holder | null, string | null, expected: string][] = [
  ['the leaf expected', 'a', 'x', listed, null, 'x', 'used'],
  ['another leaf', 'b', 'x', listed, null, 'x', 'LEAF_MISNAMED'],
  ['any leaf, where only addresses are known', 'b', 'x', unnamed, null, 'x', 'used'],
  ['a leaf that has met no log yet', 'a', undefined, listed, null, 'x', 'used'],
  ['a root that has met no log yet', 'a', 'x', listed, null, null, 'used'],
  ['data of another cluster', 'a', 'y', listed, null, 'x', 'LEAF_FOREIGN'],
  ['the second of one name', 'a', 'x', unnamed, heard, 'x', 'LEAF_NAME_TAKEN'],
  ['the second, when the first has fallen silent', 'a', 'x', unnamed, silent, 'x', 'used'],
];

for (const [name, leaf, cluster, applicant, holder, own, expected] of rows) {
  test(`refusalOf: ${name}: ${expected}`, () => {
    const report = cluster === undefined ? { leaf } : { leaf, cluster };
    assert.equal(refusalOf(report, applicant, { holder, cluster: own })?.code ?? 'used', expected);
  });
}
