import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TokenBucket } from '../../root/scatter/token-bucket.ts';
import { BudgetCheck } from './budget-check.ts';

type Take = (bucket: TokenBucket, units: number) => boolean;

const right: Take = (bucket, units) => bucket.take(units);
const grantsAll: Take = () => true;
const refusesAll: Take = () => false;

// Each row: how a budget of 10, and a half of what is earned for, grants; what is earned for (n) and asked for (-n); what is violated.
const rows: [name: string, take: Take, events: number[], violations: string[]][] = [
  ['a bucket that is spent refuses', right, [-8, -3, 1, -3], []],
  ['a bucket earns no more than it can hold', right, [100, -8, -3], []],
  ['what costs more than all takes a full one', right, [-12, -1, 24, -12], []],
  ['more is granted than there is', grantsAll, [-8, -8, -8], ['24 shards of retries, at most 17 are allowed']],
  ['what is held is refused', refusesAll, [-4], ['4 shards of retries were refused, of 10 that were left']],
  ['the last of it is refused', refusesAll, [4, -10], ['10 shards of retries were refused, of 10 that were left']],
];
for (const [name, take, events, violations] of rows) {
  test(`budget check: ${name}`, () => {
    const options = { share: 0.5, capacity: 10 };
    const inner = new TokenBucket(options);
    const budget = {
      earn: (units: number) => inner.earn(units),
      take: (units: number) => take(inner, units),
    };
    const check = new BudgetCheck('retries', budget, options);
    for (const units of events) {
      if (units > 0) budget.earn(units);
      else budget.take(-units);
    }
    const said: string[] = [];
    check.check((what) => said.push(what));
    assert.deepEqual(said, violations);
  });
}
