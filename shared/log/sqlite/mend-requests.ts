/**
 * Proves at the start that every remembered request is found under its key. Touches the world: the database it is given.
 */
import type { DatabaseSync } from 'node:sqlite';
import { isSoundRow, sealOfKey } from './checksum.ts';
import type { OnMended } from './identity.ts';
import { columnsOf, rowOf } from './request-row.ts';
import { requestsIndex } from './tables.ts';

/**
 * Reads every row and looks it up; makes the index anew where one is not found, or has another seal. Cost: some
 * microseconds a row.
 * @param path of the database, for what is told
 * @returns seals of the rows that are damaged: where it is the key, they say whose they are
 */
export function mendRequests(database: DatabaseSync, path: string, onMended: OnMended): ReadonlySet<bigint> {
  const rows = database.prepare('SELECT id, key, seal, digest, answer, recorded_ms, checksum FROM requests');
  rows.setReadBigInts(true);
  const find = database.prepare(
    'SELECT id FROM requests INDEXED BY requests_key WHERE key = ? AND seal = ? AND id = ?',
  );
  const lost = new Set<bigint>();
  let isWhole = true;
  for (const fields of rows.iterate()) {
    const row = rowOf(fields);
    if (!isSoundRow('requests', columnsOf(row), row.checksum)) lost.add(row.seal);
    else isWhole &&= find.get(row.key, sealOfKey(row.key), row.id) !== undefined;
  }
  // The index may be all that still has the key of a damaged row.
  if (isWhole || lost.size > 0) return lost;
  database.exec('BEGIN IMMEDIATE; DROP INDEX requests_key');
  const seal = database.prepare('UPDATE requests SET seal = ? WHERE id = ?');
  for (const { id, key } of database.prepare('SELECT id, key FROM requests').all()) {
    seal.run(sealOfKey(key as string), id as number);
  }
  database.exec(`${requestsIndex}; COMMIT`);
  onMended(`${path}, index of requests`);
  return lost;
}
