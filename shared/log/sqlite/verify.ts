/** Reads all of a log and proves it. Touches the world: the database it is given. */
import type { DatabaseSync } from 'node:sqlite';
import { SheafError } from '../../errors.ts';
import { batchChecksum, rowChecksum } from './checksum.ts';
import type { Proved } from './proof-mark.ts';

/** How far the proof has come, in bytes of batches. */
export type OnVerified = (verifiedBytes: number) => void;

/** Bytes between two reports. */
const reportBytes = 64 * 1024 * 1024;

/**
 * Proves the checksum of every batch that is not proved yet, and that each partition has all its entries from there, or from where it was trimmed, up to its head;
 * `verifyRows` has proved the rest. Cost: reads and hashes every byte of them once. What is remembered of producers and requests is proved when it is read: damage there must not
 * keep the rest from anybody.
 *
 * @param path of the database, for the error
 * @returns how many batches were read
 * @throws SheafError DATA_CORRUPT with the partition and the offsets of the first damage
 */
export function verifyBatches(
  database: DatabaseSync,
  path: string,
  { proved, onVerified }: { readonly proved: Proved; readonly onVerified: OnVerified },
): number {
  if (proved === 'all') return 0;
  const earliest = verifyTrims(database, path);
  const partitions = database.prepare('SELECT id, name, head FROM partitions ORDER BY id');
  partitions.setReadBigInts(true);
  const batches = database.prepare(
    'SELECT first_offset, last_offset, checksum, bytes FROM batches WHERE partition = ? AND first_offset >= ? ORDER BY first_offset',
  );
  batches.setReadBigInts(true);
  let count = 0;
  let verifiedBytes = 0;
  let reportedBytes = 0;
  for (const row of partitions.all()) {
    const id = Number(row['id']);
    const partition = row['name'] as string;
    const head = Number(row['head']);
    // What is below was trimmed, and may be deleted already or not yet.
    const kept = earliest.get(id) ?? 0;
    let next = proved === 'nothing' ? kept : Math.max(kept, (proved.get(id) ?? -1) + 1);
    for (const batch of batches.iterate(id, next)) {
      const firstOffset = Number(batch['first_offset']);
      const lastOffset = Number(batch['last_offset']);
      const bytes = batch['bytes'] as Uint8Array;
      if (batchChecksum(partition, firstOffset, lastOffset, bytes) !== batch['checksum']) {
        throw damaged({ path, partition, firstOffset, lastOffset, reason: 'checksum' });
      }
      if (firstOffset !== next) throw missing(path, partition, next, firstOffset - 1);
      next = lastOffset + 1;
      count++;
      verifiedBytes += bytes.length;
      if (verifiedBytes - reportedBytes >= reportBytes) onVerified((reportedBytes = verifiedBytes));
    }
    if (next !== head + 1) throw missing(path, partition, next, head);
  }
  return count;
}

/**
 * Proves the rows by which batches are found: partitions, trims, skips. Cost: in proportion to their number.
 * @throws SheafError DATA_CORRUPT with the table and the row
 */
export function verifyRows(database: DatabaseSync, path: string): void {
  verifySkips(database, path);
  verifyTrims(database, path);
  const partitions = database.prepare('SELECT name, head, checksum FROM partitions ORDER BY id');
  partitions.setReadBigInts(true);
  for (const row of partitions.iterate()) {
    const partition = row['name'] as string;
    if (rowChecksum('partitions', [partition, Number(row['head'])]) === row['checksum']) continue;
    throw damaged({ path, table: 'partitions', partition, reason: 'checksum' });
  }
}

function verifySkips(database: DatabaseSync, path: string): void {
  const skips = database.prepare('SELECT partition, first_offset, checksum FROM skips');
  skips.setReadBigInts(true);
  for (const row of skips.iterate()) {
    const partition = Number(row['partition']);
    const firstOffset = Number(row['first_offset']);
    if (rowChecksum('skips', [partition, firstOffset]) === row['checksum']) continue;
    throw damaged({ path, table: 'skips', partition, firstOffset, reason: 'checksum' });
  }
}

/** The earliest offsets of the partitions that were trimmed, by their ids. */
function verifyTrims(database: DatabaseSync, path: string): Map<number, number> {
  const trims = database.prepare('SELECT partition, earliest, checksum FROM trims');
  trims.setReadBigInts(true);
  const found = new Map<number, number>();
  for (const row of trims.iterate()) {
    const partition = Number(row['partition']);
    const earliest = Number(row['earliest']);
    if (rowChecksum('trims', [partition, earliest]) !== row['checksum']) {
      throw damaged({ path, table: 'trims', partition, earliest, reason: 'checksum' });
    }
    found.set(partition, earliest);
  }
  return found;
}

function missing(path: string, partition: string, firstOffset: number, lastOffset: number): SheafError {
  return damaged({ path, partition, firstOffset, lastOffset, reason: 'entries are missing' });
}

function damaged(detail: Readonly<Record<string, unknown>>): SheafError {
  return new SheafError('DATA_CORRUPT', { detail });
}
