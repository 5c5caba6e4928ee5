/** The worker that reads, so that a replay never holds up an append. Touches the world: files. */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { SheafError } from '../../errors.ts';
import { databasePath } from './folder.ts';
import type { FromReader, ToReader, WorkerStart } from './messages.ts';
import { LogReader, type ReadBatch } from './read.ts';

const port = parentPort;
if (port === null) throw new Error('reader.ts runs as a worker');
const { folder } = workerData as WorkerStart;

const database = new DatabaseSync(databasePath(folder), { readOnly: true, timeout: 5000 });
const reader = new LogReader(database);

port.on('message', (message: ToReader) => {
  if (message.kind === 'close') {
    database.close();
    port.close();
    return;
  }
  try {
    const batches = reader.read(message.request);
    const body = join(batches);
    const places = batches.map(({ firstOffset, lastOffset, bytes, skipped }) => ({
      firstOffset,
      lastOffset,
      bytes: bytes.length,
      skipped: skipped === true,
    }));
    port.postMessage({ kind: 'read', id: message.id, places, body } satisfies FromReader, [body.buffer]);
  } catch (error) {
    if (!(error instanceof SheafError)) throw error;
    port.postMessage({ kind: 'failed', id: message.id, error: error.toBody() } satisfies FromReader);
  }
});

function join(batches: readonly ReadBatch[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(batches.reduce((sum, batch) => sum + batch.bytes.length, 0));
  let at = 0;
  for (const batch of batches) {
    joined.set(batch.bytes, at);
    at += batch.bytes.length;
  }
  return joined;
}
