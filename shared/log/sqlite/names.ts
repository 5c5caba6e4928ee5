/**
 * The indexes by which partitions and producers are found by their names. A partition that is not found would be begun anew
 * beside the one that is there, and a producer's repeat be recorded again; so at the start every row must be found under
 * its name. Touches the world: the database it is given.
 */
import type { DatabaseSync } from 'node:sqlite';
import { isSoundRow } from './checksum.ts';
import type { OnMended } from './identity.ts';

/** A table with a unique `name`, and the column that its checksum covers beside it. */
const tables = [
  { table: 'partitions', column: 'head' },
  { table: 'producers', column: 'seen_ms' },
] as const;

/**
 * Makes an index anew that does not lead to every row of its table. Where a row is damaged the index is left as it is: it
 * may be all that still has the row's name.
 * @param path of the database, for what is told
 */
export function mendNames(database: DatabaseSync, path: string, onMended: OnMended): void {
  for (const { table, column } of tables) {
    const rows = database.prepare(`SELECT id, name, ${column} AS value, checksum FROM ${table}`);
    rows.setReadBigInts(true);
    const find = database.prepare(`SELECT id FROM ${table} WHERE name = ?`);
    let isWhole = true;
    let areSound = true;
    for (const row of rows.iterate()) {
      const name = row['name'] as string;
      areSound &&= isSoundRow(table, [name, Number(row['value'])], row['checksum']);
      isWhole &&= find.get(name)?.['id'] === Number(row['id']);
    }
    if (isWhole || !areSound) continue;
    database.exec(`REINDEX ${table}`);
    onMended(`${path}, index of ${table}`);
  }
}
