import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conditionsOf, dueBy, nextBy } from './due.ts';

// Each row: a policy and what is measured (documents, bytes, age); by what it rolls now, and by what it will.
const rows: [policy: object, measured: (number | null)[], due: string | null, next: string | null][] = [
  [{}, [5, 5, 5], null, null],
  [{ documents: 10 }, [9, 0, 0], null, 'documents'],
  [{ documents: 10 }, [10, 0, 0], 'documents', 'documents'],
  [{ documents: 10 }, [null, 0, 0], null, null],
  [{ bytes: 10 }, [99, 9, 99], null, 'bytes'],
  [{ bytes: 10 }, [0, 11, 0], 'bytes', 'bytes'],
  [{ ageMs: 1000 }, [0, 0, 999], null, 'age'],
  [{ ageMs: 1000 }, [0, 0, 1000], 'age', 'age'],
  [{ ageMs: 1000 }, [0, 0, null], null, null],
  [{ ageMs: 1000 }, [0, 0, -5], null, 'age'],
  [{ documents: 10, bytes: 10, ageMs: 1000 }, [4, 6, 500], null, 'bytes'],
  [{ documents: 10, bytes: 10, ageMs: 1000 }, [4, null, 500], null, 'age'],
  [{ documents: 10, bytes: 10, ageMs: 1000 }, [4, 10, 5000], 'bytes', 'age'],
];
for (const [policy, [documents, bytes, ageMs], due, next] of rows) {
  test(`dueBy: ${JSON.stringify(policy)} with ${documents} documents, ${bytes} bytes, ${ageMs} ms`, () => {
    const measured = { documents: documents!, bytes: bytes!, ageMs: ageMs! };
    const conditions = conditionsOf({ alias: 'a', ...policy }, measured);
    assert.deepEqual([dueBy(conditions)?.condition ?? null, nextBy(conditions)?.condition ?? null], [due, next]);
  });
}
