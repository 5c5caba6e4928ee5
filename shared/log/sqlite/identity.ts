/**
 * Which log this is: a row of the database, and a second copy in a file beside it, for nobody else knows it. Touches the
 * world: the database it is given, files.
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { seal, unseal } from '../../data-folder/sealed.ts';
import { SheafError } from '../../errors.ts';
import { rowChecksum } from './checksum.ts';

/** Told of each place that was damaged, or not there, and was made again from another that says the same. */
export type OnMended = (place: string) => void;

/** The second copy of the identity of a database. */
export function identityPath(database: string): string {
  return join(dirname(database), 'identity.json');
}

/** Gives a new log its identity. */
export function writeIdentity(database: DatabaseSync, identity: string): void {
  database.exec('DELETE FROM identity');
  database.prepare('INSERT INTO identity VALUES (?, ?)').run(identity, rowChecksum('identity', [identity]));
}

/**
 * The identity of a log, in both places when this returns. The row is above the file: it travels with the data, and the
 * file of another log may lie beside it.
 * @param path of the database
 * @throws SheafError DATA_CORRUPT, which names both places, where neither can be read
 */
export function settleIdentity(database: DatabaseSync, path: string, onMended: OnMended): string {
  const inFile = readFile(identityPath(path));
  const inRow = readRow(database);
  const identity = inRow ?? inFile;
  if (identity === null) {
    const detail = { path, table: 'identity', copy: identityPath(path), reason: 'checksum' };
    throw new SheafError('DATA_CORRUPT', { detail });
  }
  if (inRow === null) {
    database.exec('BEGIN IMMEDIATE');
    writeIdentity(database, identity);
    database.exec('COMMIT');
    onMended(`${path}, table identity`);
  }
  if (inFile !== identity) {
    writeFile(identityPath(path), identity);
    onMended(identityPath(path));
  }
  return identity;
}

function readRow(database: DatabaseSync): string | null {
  const read = database.prepare('SELECT identity, checksum FROM identity');
  read.setReadBigInts(true);
  const [row, ...others] = read.all();
  const identity = row?.['identity'] as string;
  return others.length === 0 && rowChecksum('identity', [identity]) === row?.['checksum'] ? identity : null;
}

/** Null where there is none, or none that is sound. */
function readFile(path: string): string | null {
  try {
    const identity = unseal(readFileSync(path, 'utf8'), path);
    return typeof identity === 'string' ? identity : null;
  } catch (error) {
    if (error instanceof SheafError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function writeFile(path: string, identity: string): void {
  const file = openSync(`${path}.tmp`, 'w');
  try {
    writeSync(file, seal(identity));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.tmp`, path);
}
