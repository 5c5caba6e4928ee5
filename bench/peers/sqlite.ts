import { DatabaseSync } from 'node:sqlite';
import { createTableSql, type Peer, type PeerTable, type PeerValue } from './peer.ts';

/** SQLite in memory, that which Node brings. */
export function openSqlite(table: PeerTable): Peer {
  const database = new DatabaseSync(':memory:');
  database.exec(createTableSql(table));
  const places = table.columns.map(() => '?').join(', ');
  const insert = database.prepare(`INSERT INTO ${table.name} VALUES (${places})`);
  database.exec('BEGIN');
  for (const row of table.rows) insert.run(...row);
  database.exec('COMMIT');
  return {
    name: 'SQLite',
    prepare: async (sql) => {
      const statement = database.prepare(sql.replaceAll('//', '/'));
      return async () => statement.all().map((row) => Object.values(row) as PeerValue[]);
    },
    close: () => database.close(),
  };
}
