import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { indexIdAt } from '../../shared/catalog/index-id.ts';
import { BatchWriter } from '../../shared/log/batch.ts';
import { documentEngine } from './document-engine.ts';
import { openWith } from './open-writer.ts';

test('openWith: what is remembered of keys counts from where the partition begins, with files and without', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-open-writer-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const indexId = indexIdAt(3, { epoch: 'abcdefgh', base: 1000 });
  const place = { folder: join(folder, '0'), indexId, shard: 0, kind: 'document' } as const;
  const bases: (number | undefined)[] = [];
  const engine: typeof documentEngine = {
    ...documentEngine,
    makeSearchable: (fields, segments, pending, history) => {
      bases.push(history.retention.base);
      return documentEngine.makeSearchable(fields, segments, pending, history);
    },
  };
  for (const firstOffset of [1000, 1001]) {
    const message = { kind: 'open', replica: 1, indexId, shard: 0, fields: [] } as const;
    const { writer } = openWith(engine, { ...message, index: { kind: 'document', shards: 1 } }, place);
    const batch = new BatchWriter(-1);
    batch.add('put', 'a', Buffer.from('{}'));
    writer.take({ firstOffset, count: 1, bytes: batch.finish() }, 0);
    writer.refresh(0);
    writer.commit();
  }
  assert.deepEqual(bases, [1000, 1000]);
});
