/** `sheaf export`: the sums of a roll-up as a table of SQLite. Touches the world: files, sockets. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { ExportConfig } from '../../shared/config/read.ts';
import { indexKinds } from '../../shared/index-kinds/index-kinds.ts';
import { ownValue } from '../../shared/json/own-value.ts';
import type { RollupSchema } from '../../shared/rollup/rollup-schema.ts';
import type { ShownRow } from '../../shared/rollup/show-row.ts';
import { RootClient } from '../client/client.ts';
import { CommandFailure } from '../failure.ts';
import { columnsOf, fitsInteger, quoted, type Column } from './table.ts';

interface IndexAnswer {
  readonly kind: string;
  readonly shards: number;
  readonly schema: RollupSchema;
}

/**
 * Writes a table named as the index, and `sheaf_offsets` with the log offset that the rows of each shard are of. The file
 * takes its place only when it is whole.
 * @throws CommandFailure where the file exists and may not be replaced or cannot be written, or a sum needs more than 64 bits
 */
export async function exportRows(config: ExportConfig, index: string, say: (line: string) => void): Promise<number> {
  const { sqlite, force } = config;
  if (sqlite === undefined) throw new CommandFailure('--sqlite FILE says where the table is written');
  if (existsSync(sqlite) && !force) throw new CommandFailure(`${sqlite} exists; --force replaces it`);
  const client = new RootClient(config.url);
  const unfinished = `${sqlite}.tmp`;
  try {
    const path = `/v1/indexes/${encodeURIComponent(index)}`;
    const definition = (await client.ask({ method: 'GET', path })) as IndexAnswer;
    if (ownValue(indexKinds, definition.kind)?.keeps !== 'rows') {
      throw new CommandFailure(`${index} is of kind ${definition.kind}; only the sums of a rollup are exported`);
    }
    rmSync(unfinished, { force: true });
    const rows = await write(client, { path, index, file: unfinished, definition, say });
    renameSync(unfinished, sqlite);
    say(`${rows.toLocaleString('en-US')} rows in the table ${index} of ${sqlite}`);
    return 0;
  } catch (error) {
    throw isOfFile(error) ? new CommandFailure(`${sqlite} cannot be written: ${error.message}`) : error;
  } finally {
    rmSync(unfinished, { force: true });
    await client.close();
  }
}

/** What SQLite or the file system says of a folder that is not there, a full disk, a name that SQLite keeps for itself. */
function isOfFile(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && (error.code === 'ERR_SQLITE_ERROR' || 'syscall' in error);
}

interface Writing {
  readonly path: string;
  readonly index: string;
  readonly file: string;
  readonly definition: IndexAnswer;
  readonly say: (line: string) => void;
}

async function write(client: RootClient, { path, index, file, definition, say }: Writing): Promise<number> {
  const { shards, schema } = definition;
  const columns = columnsOf(schema);
  const database = new DatabaseSync(file);
  try {
    const described = columns.map(({ name, type }) => `${quoted(name)} ${type}`).join(', ');
    database.exec(`CREATE TABLE ${quoted(index)} (${described}) STRICT`);
    database.exec('CREATE TABLE sheaf_offsets (shard INTEGER PRIMARY KEY, log_offset INTEGER NOT NULL) STRICT');
    const places = columns.map(() => '?').join(', ');
    const insert = database.prepare(`INSERT INTO ${quoted(index)} VALUES (${places})`);
    const insertOffset = database.prepare('INSERT INTO sheaf_offsets VALUES (?, ?)');
    let count = 0;
    for (let shard = 0; shard < shards; shard++) {
      const { lines, offset } = await client.lines(`${path}/rows?shard=${shard}`, 'sheaf-log-offset');
      database.exec('BEGIN');
      for (const line of lines) insert.run(...valuesOf(columns, JSON.parse(line) as ShownRow));
      insertOffset.run(shard, Number(offset));
      database.exec('COMMIT');
      count += lines.length;
      say(`shard ${shard + 1} of ${shards}: ${count.toLocaleString('en-US')} rows`);
    }
    return count;
  } finally {
    database.close();
  }
}

function valuesOf(columns: readonly Column[], row: ShownRow) {
  return columns.map(({ name, valueOf }) => {
    const value = valueOf(row);
    if (fitsInteger(value)) return value;
    const where = JSON.stringify(row.dimensions);
    throw new CommandFailure(`${name} of ${where} is ${value}, and SQLite's integers end at 9223372036854775807`);
  });
}
