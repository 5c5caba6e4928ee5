import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentSearches } from './recent-searches.ts';

// Each row: a task that comes at 1000, a task that is answered at some time, whether it is told of searches.
type Named = Parameters<RecentSearches['note']>[0];
const search: Named = { kind: 'search' };
const rows: [name: string, came: Named, asked: Named, at: number, isTold: boolean][] = [
  ['a search', search, { kind: 'scan', priority: 'batch' }, 2000, true],
  ['a search a second ago', search, { kind: 'scan', priority: 'batch' }, 2001, false],
  ['a search of a job', { kind: 'search', priority: 'batch' }, { kind: 'scan', priority: 'batch' }, 1000, false],
  ['what no person waits for', { kind: 'outcomes' }, { kind: 'scan', priority: 'batch' }, 1000, false],
  ['a search, asked by another', search, search, 1000, false],
];
for (const [name, came, asked, at, isTold] of rows) {
  test(`RecentSearches: ${name}, told ${isTold}`, () => {
    const recent = new RecentSearches();
    recent.note(came, 1000);
    assert.deepEqual(recent.tell(asked, at), isTold ? { besideSearches: true } : {});
  });
}
