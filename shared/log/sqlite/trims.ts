/** How far each partition was trimmed. Touches the world: the database it is given. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { SheafError } from '../../errors.ts';
import { logReplaced } from '../log.ts';
import { rowChecksum, verifyRow } from './checksum.ts';
import { runningFault } from './faults.ts';

export type TrimOutcome =
  | { readonly ok: true; readonly earliest: number }
  | { readonly ok: false; readonly error: SheafError };

/**
 * A trim is one row, written at once: from then on what is below is not there for any reader, and is deleted a lot at a
 * time, so that no append waits for it (see sweeper.ts).
 */
export class Trims {
  private readonly database: DatabaseSync;
  private readonly partition: StatementSync;
  private readonly found: StatementSync;
  private readonly lastBelow: StatementSync;
  private readonly put: StatementSync;

  constructor(database: DatabaseSync) {
    this.database = database;
    this.partition = database.prepare('SELECT id, head, checksum FROM partitions WHERE name = ?');
    this.partition.setReadBigInts(true);
    this.found = database.prepare('SELECT earliest, checksum FROM trims WHERE partition = ?');
    this.found.setReadBigInts(true);
    // The batch that goes beyond the offset, if there is one, and the one before it.
    this.lastBelow = database.prepare(
      `SELECT max(last_offset) AS last FROM (
         SELECT last_offset FROM batches WHERE partition = ?1 AND first_offset < ?2 ORDER BY first_offset DESC LIMIT 2
       ) WHERE last_offset < ?2`,
    );
    this.put = database.prepare('INSERT OR REPLACE INTO trims (partition, earliest, checksum) VALUES (?, ?, ?)');
  }

  /** Every partition that was trimmed, and its earliest offset. */
  earliest(): [partition: string, earliest: number][] {
    const rows = this.database
      .prepare('SELECT name, earliest FROM trims JOIN partitions ON partitions.id = trims.partition')
      .all();
    return rows.map((row) => [row['name'] as string, row['earliest'] as number]);
  }

  /** See Log.trim. Durable when this returns. @throws what no later call can mend */
  trim(partition: string, before: number): TrimOutcome {
    try {
      const row = this.partition.get(partition);
      const head = row === undefined ? -1 : Number(row['head']);
      if (row !== undefined) verifyRow('partitions', [partition, head], row['checksum']);
      if (before > head + 1) return { ok: false, error: logReplaced(partition, before - 1, head) };
      return { ok: true, earliest: row === undefined ? 0 : this.raise(Number(row['id']), before) };
    } catch (error) {
      const fault = runningFault(error);
      if (fault instanceof SheafError) return { ok: false, error: fault };
      throw fault;
    }
  }

  private raise(id: number, before: number): number {
    const earliest = this.earliestOf(id);
    const last = this.lastBelow.get(id, before)?.['last'];
    if (typeof last !== 'number' || last < earliest) return earliest;
    this.put.run(id, last + 1, rowChecksum('trims', [id, last + 1]));
    return last + 1;
  }

  private earliestOf(id: number): number {
    const row = this.found.get(id);
    if (row === undefined) return 0;
    const earliest = Number(row['earliest']);
    verifyRow('trims', [id, earliest], row['checksum']);
    return earliest;
  }
}
