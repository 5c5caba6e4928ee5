/** `sheaf scale` against an `up` that only notes what it is asked for. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../shared/clock/clock.ts';
import { openControl } from '../up/control.ts';
import { scale } from './scale.ts';

// Each row: how many leaves, whether --yes was said, what is asked of `up`: null where the command refuses and says why.
const rows: [leaves: number, yes: boolean, asked: number | null][] = [
  [2, false, 2],
  [1, false, 1],
  [2, true, 2],
  [0, true, 0],
  [0, false, null],
];
for (const [leaves, yes, asked] of rows) {
  test(`scale: --leaves ${leaves}${yes ? ' --yes' : ''} ${asked === null ? 'is refused' : 'is done'}`, async (t) => {
    const data = mkdtempSync(join(tmpdir(), 'sheaf-test-'));
    t.after(() => rmSync(data, { recursive: true }));
    const taken: number[] = [];
    const control = await openControl(data, 'http://127.0.0.1:1', async (wanted) => void taken.push(wanted));
    t.after(() => control.close());
    const said: string[] = [];
    const scaling = scale({ data, leaves, yes }, systemClock, (line) => said.push(line));
    if (asked === null) {
      await assert.rejects(scaling, { name: 'CommandFailure', message: /every search fails.*--yes/ });
    } else {
      assert.equal(await scaling, 0);
      assert.match(said.at(-1)!, new RegExp(`^${leaves} lea`));
    }
    assert.deepEqual(taken, asked === null ? [] : [asked]);
  });
}
