import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { changeSince, readRemembered, remember, type Remembered } from './remembered.ts';

test('remember: the last counts are read again, and none at all changes nothing', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  assert.equal(readRemembered(folder), undefined);
  remember(folder, { leaves: 4, roots: 2 });
  remember(folder, { leaves: 0, roots: 2 });
  assert.deepEqual(readRemembered(folder), { leaves: 4, roots: 2 });
  for (const text of ['', '[]', '{"leaves":"4","roots":1}', '{"leaves":0,"roots":1}', '{"leaves":1.5,"roots":1}']) {
    writeFileSync(join(folder, 'up.json'), text);
    assert.equal(readRemembered(folder), undefined, text);
  }
});

// Each row: what was at last, how many leaves there are now, what is said.
const rows: [last: Remembered | undefined, leaves: number, said: RegExp | undefined][] = [
  [undefined, 2, undefined],
  [{ leaves: 2, roots: 1 }, 2, undefined],
  [{ leaves: 2, roots: 1 }, 3, /2 leaves at last: the new ones/],
  [{ leaves: 3, roots: 1 }, 2, /3 leaves at last: leaf-2 will not be started/],
  [{ leaves: 4, roots: 1 }, 2, /leaf-2 to leaf-3 will not be started/],
];

for (const [last, leaves, said] of rows) {
  test(`changeSince: ${leaves} leaves after ${last?.leaves ?? 'nothing'}`, () => {
    if (said === undefined) assert.equal(changeSince(last, leaves), undefined);
    else assert.match(changeSince(last, leaves)!, said);
  });
}
