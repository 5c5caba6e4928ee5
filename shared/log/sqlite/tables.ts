/** The tables of the log; the README beside describes them. */
import type { DatabaseSync } from 'node:sqlite';
import { SheafError } from '../../errors.ts';

/** Raised with every change of the tables. */
const schemaVersion = 1;
/** "SHLG": tells this file from other databases. */
const applicationId = 0x53484c47;

const definition = `
  CREATE TABLE partitions (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    head INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE batches (
    partition INTEGER NOT NULL,
    first_offset INTEGER NOT NULL,
    last_offset INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (partition, first_offset)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE producers (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    seen_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE appends (
    producer INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    appended TEXT NOT NULL,
    PRIMARY KEY (producer, sequence)
  ) STRICT, WITHOUT ROWID;
`;

/** A table of its own, because files of before it have none: it is added to them. */
const identityDefinition = 'CREATE TABLE IF NOT EXISTS identity (identity TEXT NOT NULL) STRICT';

/**
 * Added to files of before it, too. Rows come in the order of time, so those to be forgotten are the first ones.
 */
const requestsDefinition = `
  CREATE TABLE IF NOT EXISTS requests (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    digest TEXT NOT NULL,
    answer TEXT NOT NULL,
    recorded_ms INTEGER NOT NULL
  ) STRICT`;

/**
 * Makes the tables in a new file, checks those of an old one. Cost: reads the whole file.
 *
 * @param path of the database, for errors
 * @param newIdentity taken by a log that has no identity yet
 * @returns the identity of the log
 * @throws SheafError DATA_CORRUPT when the file is another's, of another version, or damaged
 */
export function prepareTables(database: DatabaseSync, path: string, newIdentity: string): string {
  const version = pragma(database, 'user_version');
  const application = pragma(database, 'application_id');
  const { count } = database.prepare('SELECT count(*) AS count FROM sqlite_schema').get() as { count: number };
  if (application === 0 && version === 0 && count === 0) create(database);
  else check(database, path, { application, version });
  return identify(database, newIdentity);
}

function check(
  database: DatabaseSync,
  path: string,
  { application, version }: Readonly<Record<'application' | 'version', number>>,
): void {
  if (application !== applicationId) throw damaged({ path, reason: 'the file is a database of another application' });
  if (version !== schemaVersion)
    throw damaged({ path, reason: 'other version', expected: schemaVersion, actual: version });
  const { quick_check: verdict } = database.prepare('PRAGMA quick_check(1)').get() as { quick_check: string };
  if (verdict !== 'ok') throw damaged({ path, reason: verdict });
}

function identify(database: DatabaseSync, newIdentity: string): string {
  database.exec(`BEGIN IMMEDIATE; ${identityDefinition}; ${requestsDefinition}`);
  database.prepare('INSERT INTO identity SELECT ? WHERE NOT EXISTS (SELECT 1 FROM identity)').run(newIdentity);
  database.exec('COMMIT');
  return database.prepare('SELECT identity FROM identity').get()?.['identity'] as string;
}

function create(database: DatabaseSync): void {
  database.exec(
    `BEGIN IMMEDIATE; ${definition}
     PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion}; COMMIT`,
  );
}

function pragma(database: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function damaged(detail: Readonly<Record<string, unknown>>): SheafError {
  return new SheafError('DATA_CORRUPT', { detail });
}
