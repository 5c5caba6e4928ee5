/** Reads all of a log and proves it. Touches the world: the database it is given. */
import type { DatabaseSync } from 'node:sqlite';
import { SheafError } from '../../errors.ts';
import { batchChecksum } from './checksum.ts';

/** How far the proof has come, in bytes of batches. */
export type OnVerified = (verifiedBytes: number) => void;

/** Bytes between two reports. */
const reportBytes = 64 * 1024 * 1024;

/**
 * Proves the checksum of every batch, and that each partition has all its entries up to its head. Cost: reads and
 * hashes every byte once.
 *
 * @param path of the database, for the error
 * @throws SheafError DATA_CORRUPT with the partition and the offsets of the first damage
 */
export function verifyBatches(database: DatabaseSync, path: string, onVerified: OnVerified): void {
  const partitions = database.prepare('SELECT id, name, head FROM partitions ORDER BY id').all();
  const batches = database.prepare(
    'SELECT first_offset, last_offset, checksum, bytes FROM batches WHERE partition = ? ORDER BY first_offset',
  );
  batches.setReadBigInts(true);
  let verifiedBytes = 0;
  let reportedBytes = 0;
  for (const { id, name, head } of partitions) {
    const partition = name as string;
    let next = 0;
    for (const row of batches.iterate(id as number)) {
      const firstOffset = Number(row['first_offset']);
      const lastOffset = Number(row['last_offset']);
      const bytes = row['bytes'] as Uint8Array;
      if (batchChecksum(partition, firstOffset, lastOffset, bytes) !== row['checksum']) {
        throw damaged({ path, partition, firstOffset, lastOffset, reason: 'checksum' });
      }
      if (firstOffset !== next) throw missing(path, partition, next, firstOffset - 1);
      next = lastOffset + 1;
      verifiedBytes += bytes.length;
      if (verifiedBytes - reportedBytes >= reportBytes) onVerified((reportedBytes = verifiedBytes));
    }
    if (next !== (head as number) + 1) throw missing(path, partition, next, head as number);
  }
}

function missing(path: string, partition: string, firstOffset: number, lastOffset: number): SheafError {
  return damaged({ path, partition, firstOffset, lastOffset, reason: 'entries are missing' });
}

function damaged(detail: Readonly<Record<string, unknown>>): SheafError {
  return new SheafError('DATA_CORRUPT', { detail });
}
