/** Batches that are delivered as if they had no entries. Touches the world: the database it is given. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { SheafError } from '../../errors.ts';
import { entryNotFound, type SkippedBatch } from '../log.ts';
import { rowChecksum } from './checksum.ts';
import { runningFault } from './faults.ts';

export type SkipOutcome =
  | { readonly ok: true; readonly batch: SkippedBatch }
  | { readonly ok: false; readonly error: SheafError };

export class Skips {
  private readonly find: StatementSync;
  private readonly add: StatementSync;

  constructor(database: DatabaseSync) {
    this.find = database.prepare(
      `SELECT partition, first_offset, last_offset, trims.earliest FROM batches LEFT JOIN trims USING (partition)
       WHERE partition = (SELECT id FROM partitions WHERE name = ?1) AND first_offset <= ?2
       ORDER BY first_offset DESC LIMIT 1`,
    );
    this.add = database.prepare('INSERT OR IGNORE INTO skips (partition, first_offset, checksum) VALUES (?, ?, ?)');
  }

  /** Durable when this returns. @throws what no later call can mend */
  skip(partition: string, offset: number): SkipOutcome {
    try {
      const row = this.find.get(partition, offset);
      const lastOffset = row?.['last_offset'] as number;
      const firstOffset = row?.['first_offset'] as number;
      const earliest = (row?.['earliest'] ?? 0) as number;
      if (row === undefined || lastOffset < offset || firstOffset < earliest) {
        return { ok: false, error: entryNotFound(partition, offset) };
      }
      const id = row['partition'] as number;
      this.add.run(id, firstOffset, rowChecksum('skips', [id, firstOffset]));
      return { ok: true, batch: { firstOffset, lastOffset } };
    } catch (error) {
      const fault = runningFault(error);
      if (fault instanceof SheafError) return { ok: false, error: fault };
      throw fault;
    }
  }
}
