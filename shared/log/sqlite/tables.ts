/** The tables of the log; the README beside describes them. */
import { DatabaseSync } from 'node:sqlite';
import { SheafError } from '../../errors.ts';
import { writeIdentity } from './identity.ts';

/** Raised with every change of the tables. */
const schemaVersion = 3;
/** "SHLG": tells this file from other databases. */
const applicationId = 0x53484c47;

/** Each entry proves itself: see requests.ts. */
export const requestsIndex = 'CREATE INDEX requests_key ON requests (key, seal)';

/** Every table has a checksum of its rows: see checksum.ts. */
const definition = `
  CREATE TABLE identity (
    identity TEXT NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE partitions (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    head INTEGER NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE batches (
    partition INTEGER NOT NULL,
    first_offset INTEGER NOT NULL,
    last_offset INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (partition, first_offset)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE skips (
    partition INTEGER NOT NULL,
    first_offset INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (partition, first_offset)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE trims (
    partition INTEGER PRIMARY KEY,
    earliest INTEGER NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE producers (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    seen_ms INTEGER NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE appends (
    producer INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    appended TEXT NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (producer, sequence)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE requests (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    seal INTEGER NOT NULL,
    digest TEXT NOT NULL,
    answer TEXT NOT NULL,
    recorded_ms INTEGER NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT;
  ${requestsIndex};
`;

/**
 * Makes the tables in a new file, checks those of an old one. Cost: reads the whole file, unless it is proved.
 *
 * @param path of the database, for errors
 * @param options `newIdentity` is taken by a new log; `isProved`: nobody has written to the file since it was proved
 * @returns whether the file is new
 * @throws SheafError DATA_CORRUPT when the file is another's or damaged, DATA_VERSION_UNKNOWN when it is of another version
 */
export function prepareTables(
  database: DatabaseSync,
  path: string,
  { newIdentity, isProved }: { readonly newIdentity: string; readonly isProved: boolean },
): boolean {
  const version = pragma(database, 'user_version');
  const application = pragma(database, 'application_id');
  const { count } = database.prepare('SELECT count(*) AS count FROM sqlite_schema').get() as { count: number };
  const isNew = application === 0 && version === 0 && count === 0;
  if (isNew) create(database, newIdentity);
  else check(database, path, { application, version });
  if (!isNew && !isProved) checkPages(database, path);
  return isNew;
}

function check(
  database: DatabaseSync,
  path: string,
  { application, version }: Readonly<Record<'application' | 'version', number>>,
): void {
  if (application !== applicationId) throw damaged({ path, reason: 'the file is a database of another application' });
  if (version !== schemaVersion) {
    throw new SheafError('DATA_VERSION_UNKNOWN', { detail: { path, expected: schemaVersion, actual: version } });
  }
  if (schemaOf(database) !== expectedSchema()) throw damaged({ path, reason: 'the tables are not those of a log' });
}

/** That all pages are what they seem, and hang together. */
function checkPages(database: DatabaseSync, path: string): void {
  const { quick_check: verdict } = database.prepare('PRAGMA quick_check(1)').get() as { quick_check: string };
  if (verdict !== 'ok') throw damaged({ path, reason: verdict });
}

function create(database: DatabaseSync, identity: string): void {
  database.exec(
    `BEGIN IMMEDIATE; ${definition}
     PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion}`,
  );
  writeIdentity(database, identity);
  database.exec('COMMIT');
}

/** Every table and index with its definition, as SQLite keeps it: a damaged one would name other columns. */
function schemaOf(database: DatabaseSync): string {
  const rows = database.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name').all();
  return JSON.stringify(rows);
}

let expected: string | undefined;

/** What SQLite makes of the definition: made once, as it is the same for every file. */
function expectedSchema(): string {
  return (expected ??= madeSchema());
}

function madeSchema(): string {
  const database = new DatabaseSync(':memory:');
  try {
    database.exec(definition);
    return schemaOf(database);
  } finally {
    database.close();
  }
}

function pragma(database: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function damaged(detail: Readonly<Record<string, unknown>>): SheafError {
  return new SheafError('DATA_CORRUPT', { detail });
}
