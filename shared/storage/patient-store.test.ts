/** What becomes of a store that does not answer. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { FolderStore } from './folder-store.ts';
import { PatientStore } from './patient-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'sheaf-patient-'));
after(() => rmSync(folder, { recursive: true }));

const late = { code: 'STORAGE_UNAVAILABLE', detail: { place: `file:${folder}`, reason: 'no answer for 200 ms' } };

/** Answers when it is told to. */
class StillStore extends FolderStore {
  asked = 0;
  readonly answer = Promise.withResolvers<void>();

  override async read(key: string): Promise<Awaited<ReturnType<FolderStore['read']>>> {
    this.asked++;
    await this.answer.promise;
    return await super.read(key);
  }
}

test('PatientStore: what is not answered is told, nothing more is asked meanwhile, and it goes on once it is', async () => {
  const still = new StillStore(folder);
  const store = new PatientStore(still, 200);
  await assert.rejects(store.read('a'), late);
  await assert.rejects(store.read('a'), late);
  await assert.rejects(store.swap('a', Buffer.from('1'), null), late);
  await assert.rejects(Array.fromAsync(store.list('')), late);
  await assert.rejects(store.remove(['a']), late);
  await assert.rejects(store.unfinished(), late);
  await assert.rejects(store.removeUnfinished([]), late);
  assert.equal(still.asked, 1);
  still.answer.resolve();
  while (true) {
    const read = await store.read('a').catch(() => 'late');
    if (read !== 'late') break;
    await new Promise((resolve) => void setTimeout(resolve, 1));
  }
  const version = await store.swap('a', Buffer.from('1'), null);
  assert.deepEqual(Buffer.from((await store.read('a'))!.bytes).toString(), '1');
  await assert.rejects(store.swap('a', Buffer.from('2'), null), { code: 'STORAGE_CONFLICT' });
  await store.swap('a', Buffer.from('2'), version);
});

test('PatientStore: what fails after its time is told once', async () => {
  const still = new StillStore(folder);
  const store = new PatientStore(still, 200);
  await assert.rejects(store.read('a'), late);
  still.answer.reject(new Error('the file system is back, and empty'));
  await new Promise((resolve) => void setTimeout(resolve, 1));
  await assert.rejects(store.read('a'), { message: 'the file system is back, and empty' });
});
