/** Reads batches back and proves their checksums. Touches the world: the database it is given. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { SheafError } from '../../errors.ts';
import { emptyBatch } from '../batch.ts';
import { logTrimmed } from '../log.ts';
import { batchChecksum, verifyRow } from './checksum.ts';
import { runningFault } from './faults.ts';

export interface ReadRequest {
  readonly partition: string;
  /** Entries from this offset on are wanted; the first batch may begin before it. */
  readonly from: number;
  readonly batchesMax: number;
  /** The last batch may go beyond it, so that a batch of any size is read. */
  readonly bytesMax: number;
}

export interface ReadBatch {
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly bytes: Uint8Array;
  /** See LogBatch.skipped. */
  readonly skipped?: boolean;
}

export class LogReader {
  private readonly partition: StatementSync;
  private readonly batches: StatementSync;
  private readonly trim: StatementSync;
  private readonly head: StatementSync;
  private readonly ids = new Map<string, number>();

  constructor(database: DatabaseSync) {
    this.partition = database.prepare('SELECT id FROM partitions WHERE name = ?');
    this.batches = database.prepare(
      `SELECT first_offset, last_offset, batches.checksum, bytes, skips.checksum AS skip
       FROM batches LEFT JOIN skips USING (partition, first_offset)
       WHERE partition = ?1 AND first_offset >= coalesce(
         (SELECT max(earlier.first_offset) FROM batches AS earlier
          WHERE earlier.partition = ?1 AND earlier.first_offset <= ?2), 0)
       ORDER BY first_offset`,
    );
    this.batches.setReadBigInts(true);
    this.head = database.prepare('SELECT head FROM partitions WHERE id = ?');
    this.trim = database.prepare('SELECT earliest, checksum FROM trims WHERE partition = ?');
    this.trim.setReadBigInts(true);
  }

  /**
   * The next batches of a partition, in order and without a gap; none when it has no entry at `from` or after. One seek, then a scan.
   * @throws SheafError LOG_CORRUPT, LOG_TRIMMED
   */
  read(request: ReadRequest): ReadBatch[] {
    try {
      const id = this.idOf(request.partition);
      return id === undefined ? [] : this.readFrom(id, request);
    } catch (error) {
      throw runningFault(error);
    }
  }

  private readFrom(id: number, request: ReadRequest): ReadBatch[] {
    const found: ReadBatch[] = [];
    let bytesRead = 0;
    // Asked first: what is appended while this is reading is not missed.
    const head = Number(this.head.get(id)?.['head']);
    let next = request.from;
    let isWhole = true;
    for (const row of this.batches.iterate(id, request.from)) {
      const batch = verified(request.partition, id, row);
      if (batch.lastOffset < request.from) continue;
      isWhole &&= found.length === 0 ? batch.firstOffset <= next : batch.firstOffset === next;
      next = batch.lastOffset + 1;
      found.push(batch);
      bytesRead += batch.bytes.length;
      if (bytesRead >= request.bytesMax || found.length >= request.batchesMax) break;
    }
    // Asked last: what was trimmed while this was reading is found then.
    this.refuseTrimmed(request, id);
    if (isWhole && (found.length > 0 || head < request.from)) return found;
    const { partition, from } = request;
    throw new SheafError('LOG_CORRUPT', { detail: { partition, from, reason: 'entries are missing' } });
  }

  private refuseTrimmed({ partition, from }: ReadRequest, id: number): void {
    const row = this.trim.get(id);
    if (row === undefined) return;
    const earliest = Number(row['earliest']);
    verifyRow('trims', [id, earliest], row['checksum']);
    if (from < earliest) throw logTrimmed(partition, from, earliest);
  }

  private idOf(partition: string): number | undefined {
    const known = this.ids.get(partition);
    if (known !== undefined) return known;
    const id = this.partition.get(partition)?.['id'];
    if (typeof id !== 'number') return undefined;
    this.ids.set(partition, id);
    return id;
  }
}

function verified(partition: string, id: number, row: Readonly<Record<string, unknown>>): ReadBatch {
  const firstOffset = Number(row['first_offset']);
  const lastOffset = Number(row['last_offset']);
  const bytes = row['bytes'] as Uint8Array;
  if (batchChecksum(partition, firstOffset, lastOffset, bytes) !== row['checksum']) {
    throw new SheafError('LOG_CORRUPT', { detail: { partition, firstOffset, lastOffset, reason: 'checksum' } });
  }
  if (row['skip'] === null) return { firstOffset, lastOffset, bytes };
  verifyRow('skips', [id, firstOffset], row['skip']);
  return { firstOffset, lastOffset, bytes: emptyBatch(), skipped: true };
}
