/** Touches the world: a temporary file, from which the table is read. */
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTableSql, type Peer, type PeerTable, type PeerValue } from './peer.ts';

/** The parts of the package that are used here: it is installed beside this file, or not at all. */
interface DuckDbPackage {
  readonly DuckDBInstance: { create(path: string, options: Readonly<Record<string, string>>): Promise<Instance> };
}

interface Instance {
  connect(): Promise<Connection>;
  closeSync(): void;
}

interface Connection {
  run(sql: string): Promise<unknown>;
  prepare(sql: string): Promise<{ runAndReadAll(): Promise<{ getRows(): unknown[][] }> }>;
  closeSync(): void;
}

const packageName = '@duckdb/node-api';

/** What installs it. */
export const duckDbInstall = 'npm install --prefix bench/peers';

/** DuckDB in memory, on one thread; null where its package is not installed. */
export async function openDuckDb(table: PeerTable): Promise<Peer | null> {
  const found = await loadPackage();
  if (found === null) return null;
  const instance = await found.DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run(createTableSql(table));
  await fill(connection, table);
  return {
    name: 'DuckDB',
    prepare: async (sql) => {
      const statement = await connection.prepare(sql);
      return async () => (await statement.runAndReadAll()).getRows().map((row) => row.map(plain));
    },
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function loadPackage(): Promise<DuckDbPackage | null> {
  try {
    return (await import(packageName)) as DuckDbPackage;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  }
}

/** Much faster by a file than row by row. */
async function fill(connection: Connection, { name, rows }: PeerTable): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-bench-'));
  try {
    const path = join(folder, 'rows.csv');
    const file = createWriteStream(path);
    for (const row of rows) {
      const line = row.map((value) => value ?? '').join(',');
      if (!file.write(`${line}\n`)) await once(file, 'drain');
    }
    file.end();
    await once(file, 'close');
    await connection.run(`COPY ${name} FROM '${path}' (HEADER false, NULLSTR '')`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Whole numbers of 64 or 128 bits come as BigInts. */
function plain(value: unknown): PeerValue {
  return typeof value === 'bigint' ? Number(value) : (value as PeerValue);
}
