/**
 * Deletes what was trimmed, and gives the space back: a lot at a time, because appends wait meanwhile. The space of a lot is given back
 * before the next one is deleted: SQLite looks for a free page at the end of the file in the list of all free pages, so that giving back what
 * gigabytes of deletions left would take time with the square of them. What a process that ended has left, the next one deletes. Touches the world: the database it is given.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { SheafError } from '../../errors.ts';
import { runningFault } from './faults.ts';

/** Of one lot; one batch alone may have more bytes. */
const batchesMax = 500;
const bytesMax = 16 * 1024 * 1024;
/** Pages kept free for what comes, 16 MiB: to give each back and to ask for it again would cost more than it frees. */
const sparePages = 4096;
/** Pages given back in one lot: each may be moved before. */
const vacuumedPages = 1024;

export class Sweeper {
  private readonly database: DatabaseSync;
  private readonly trimmed: StatementSync;
  private readonly lot: StatementSync;
  private readonly deleteBatches: StatementSync;
  private readonly deleteSkips: StatementSync;
  private readonly freePages: StatementSync;

  constructor(database: DatabaseSync) {
    this.database = database;
    this.trimmed = database.prepare(
      `SELECT partition, earliest FROM trims WHERE EXISTS (
         SELECT 1 FROM batches WHERE batches.partition = trims.partition AND first_offset < trims.earliest
       ) LIMIT 1`,
    );
    this.lot = database.prepare(
      `SELECT last_offset, length(bytes) AS size FROM batches
       WHERE partition = ? AND first_offset < ? ORDER BY first_offset LIMIT ${batchesMax}`,
    );
    this.deleteBatches = database.prepare('DELETE FROM batches WHERE partition = ? AND first_offset <= ?');
    this.deleteSkips = database.prepare('DELETE FROM skips WHERE partition = ? AND first_offset <= ?');
    this.freePages = database.prepare('PRAGMA freelist_count');
  }

  /**
   * Gives some pages back, or where there are none to spare, deletes one lot. A disk that is too full for it is left for later.
   * @returns whether there is more to do at once
   * @throws what no later call can mend
   */
  sweep(): boolean {
    try {
      return this.vacuum() || this.deleteLot();
    } catch (error) {
      const fault = runningFault(error);
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      if (!(fault instanceof SheafError)) throw fault;
      return false;
    }
  }

  private deleteLot(): boolean {
    const row = this.trimmed.get();
    if (row === undefined) return false;
    const partition = row['partition'] as number;
    const last = this.lastOfLot(partition, row['earliest'] as number);
    this.database.exec('BEGIN IMMEDIATE');
    this.deleteBatches.run(partition, last);
    this.deleteSkips.run(partition, last);
    this.database.exec('COMMIT');
    return true;
  }

  private lastOfLot(partition: number, earliest: number): number {
    let last = -1;
    let bytes = 0;
    for (const row of this.lot.iterate(partition, earliest)) {
      last = row['last_offset'] as number;
      bytes += row['size'] as number;
      if (bytes >= bytesMax) break;
    }
    return last;
  }

  private vacuum(): boolean {
    const free = this.freePages.get()?.['freelist_count'] as number;
    if (free <= sparePages) return false;
    this.database.exec(`PRAGMA incremental_vacuum(${Math.min(vacuumedPages, free - sparePages)})`);
    // A file that gives nothing back, such as one that was made anew by hand, is no reason to delete nothing.
    return (this.freePages.get()?.['freelist_count'] as number) < free;
  }
}
