import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readStored, StoredValue } from './stored-value.ts';

const folder = mkdtempSync(join(tmpdir(), 'sheaf-stored-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('stored value: the newest of what was written is there, and nothing else', async () => {
  const path = join(folder, 'a.json');
  assert.equal(await readStored(path), null);
  const stored = new StoredValue<number>(path, (error) => assert.fail(String(error)));
  for (const value of [1, 2, 3]) stored.write(value);
  await stored.settled();
  assert.equal(await readStored(path), 3);
  stored.write(4);
  await stored.settled();
  assert.equal(await readStored(path), 4);
  assert.deepEqual(readdirSync(folder), ['a.json']);
});

test('stored value: a fault is told, and the next value is written all the same', async () => {
  const faults: unknown[] = [];
  const place = join(folder, 'not there');
  const stored = new StoredValue<number>(join(place, 'a.json'), (error) => faults.push(error));
  stored.write(1);
  await stored.settled();
  stored.write(2);
  await stored.settled();
  assert.equal(faults.length, 2);
});

test('stored value: damaged JSON is named', async () => {
  const path = join(folder, 'b.json');
  writeFileSync(path, '{"a"');
  await assert.rejects(readStored(path), { code: 'DATA_CORRUPT' });
});
