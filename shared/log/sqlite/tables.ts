/** The tables of the log; the README beside describes them. */
import type { DatabaseSync } from 'node:sqlite';
import { SheafError } from '../../errors.ts';
import { rowChecksum } from './checksum.ts';

/** Raised with every change of the tables. */
const schemaVersion = 3;
/** "SHLG": tells this file from other databases. */
const applicationId = 0x53484c47;

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
    key TEXT NOT NULL UNIQUE,
    digest TEXT NOT NULL,
    answer TEXT NOT NULL,
    recorded_ms INTEGER NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT;
`;

/**
 * Makes the tables in a new file, checks those of an old one. Cost: reads the whole file.
 *
 * @param path of the database, for errors
 * @param newIdentity taken by a new log
 * @returns the identity of the log
 * @throws SheafError DATA_CORRUPT when the file is another's or damaged, DATA_VERSION_UNKNOWN when it is of another version
 */
export function prepareTables(database: DatabaseSync, path: string, newIdentity: string): string {
  const version = pragma(database, 'user_version');
  const application = pragma(database, 'application_id');
  const { count } = database.prepare('SELECT count(*) AS count FROM sqlite_schema').get() as { count: number };
  if (application === 0 && version === 0 && count === 0) create(database, newIdentity);
  else check(database, path, { application, version });
  return readIdentity(database, path);
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
  const { quick_check: verdict } = database.prepare('PRAGMA quick_check(1)').get() as { quick_check: string };
  if (verdict !== 'ok') throw damaged({ path, reason: verdict });
}

function readIdentity(database: DatabaseSync, path: string): string {
  const read = database.prepare('SELECT identity, checksum FROM identity');
  read.setReadBigInts(true);
  const [row, ...others] = read.all();
  const identity = row?.['identity'] as string;
  const isSound = others.length === 0 && rowChecksum('identity', [identity]) === row?.['checksum'];
  if (!isSound) throw damaged({ path, table: 'identity', reason: 'checksum' });
  return identity;
}

function create(database: DatabaseSync, identity: string): void {
  database.exec(
    `BEGIN IMMEDIATE; ${definition}
     PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion}`,
  );
  database.prepare('INSERT INTO identity VALUES (?, ?)').run(identity, rowChecksum('identity', [identity]));
  database.exec('COMMIT');
}

function pragma(database: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function damaged(detail: Readonly<Record<string, unknown>>): SheafError {
  return new SheafError('DATA_CORRUPT', { detail });
}
