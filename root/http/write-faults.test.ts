import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { SheafError } from '../../shared/errors.ts';
import type { AppendBatch, Appended } from '../../shared/log/append-batch.ts';
import { MemoryLog } from '../../shared/log/memory.ts';
import { deleteIndex } from '../catalog/define-index.ts';
import { startTestRoot } from './test-root.ts';
import { startBareTimer } from '../../tests/deadline/deadline.ts';

/** A log that, once frozen, records what it is sent and never answers in time. */
class FreezingLog extends MemoryLog {
  frozen = false;

  override async append(batches: readonly AppendBatch[]): Promise<Appended[]> {
    const appended = await super.append(batches);
    if (this.frozen) throw new SheafError('LOG_UNAVAILABLE', { detail: { reason: 'no answer in 10000 ms' } });
    return appended;
  }

  override async heads(partitions: readonly string[]): Promise<number[]> {
    if (this.frozen) await new Promise(() => undefined);
    return await super.heads(partitions);
  }
}

interface Refusal {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly detail: { readonly accepted: number; readonly uncertain: number; readonly rejected: number };
  };
}

const headers = { 'content-type': 'application/x-ndjson' };
const documents = '/v1/indexes/books/documents';

test('writes: with the log frozen nobody says that nothing was written', async () => {
  const log = new FreezingLog(() => 0);
  const root = await startTestRoot(log);
  try {
    log.frozen = true;
    for (const [method, url, payload, uncertain] of [
      ['POST', documents, '{"n":1}\n{"n":"x"}\n{"n":2}', 2],
      ['PUT', `${documents}/k`, '{"n":1}', 1],
      ['DELETE', `${documents}/k`, '', 1],
    ] as const) {
      const answer = await root.app.inject({ method, url, headers, payload });
      const { error } = answer.json<Refusal>();
      assert.deepEqual([answer.statusCode, error.code], [503, 'LOG_UNAVAILABLE']);
      assert.match(error.message, /may or may not/);
      assert.deepEqual([error.detail.accepted, error.detail.uncertain], [0, uncertain]);
    }
  } finally {
    await root.close();
  }
});

test('searches: with the log frozen an unknown index is not said to be missing, by the deadline', async (t) => {
  const log = new FreezingLog(() => 0);
  const root = await startTestRoot(log);
  try {
    const bare = await startBareTimer(t);
    log.frozen = true;
    const url = '/v1/indexes/none/search';
    for (const request of [
      { method: 'POST', url, payload: { timeout: '50ms' } },
      { method: 'GET', url: `${url}?timeout=50` },
      { method: 'GET', url },
    ] as const) {
      const startedAt = performance.now();
      const answer = await root.app.inject(request);
      const tookMs = performance.now() - startedAt;
      assert.deepEqual([answer.statusCode, answer.json<Refusal>().error.code], [503, 'LOG_UNAVAILABLE']);
      bare.hold(`${request.method} of an unknown index`, tookMs, 1500);
    }
  } finally {
    await root.close();
  }
});

test('writes: a bulk into an index that is deleted meanwhile ends, and says what was accepted', async () => {
  const root = await startTestRoot();
  try {
    const line = `{"title":"${'x'.repeat(1000)}"}\n`;
    async function* body() {
      for (let i = 0; i < 2000; i++) yield line;
      // What was sent so far is over the size at which batches go to the log.
      while ((await root.log.heads([`${root.index.id}/0`]))[0]! < 0) await new Promise(setImmediate);
      await deleteIndex(root.catalog, 'books');
      for (let i = 0; i < 2000; i++) yield line;
    }
    const answer = await root.app.inject({ method: 'POST', url: documents, headers, payload: Readable.from(body()) });
    const { error } = answer.json<Refusal>();
    assert.deepEqual([answer.statusCode, error.code], [404, 'INDEX_NOT_FOUND']);
    const { accepted, uncertain } = error.detail;
    assert.ok(accepted > 0 && accepted < 4000, `${accepted} accepted`);
    assert.equal(uncertain, 0);
  } finally {
    await root.close();
  }
});
