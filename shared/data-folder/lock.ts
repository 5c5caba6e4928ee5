/** A data folder and the one process that may use it. Touches the world: files. */
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SheafError } from '../errors.ts';

export interface FolderLock {
  /** Gives the folder free. */
  release(): void;
}

/** SQLITE_BUSY: another process holds the lock. */
const busyCode = 5;
/** SQLITE_CORRUPT and SQLITE_NOTADB: the file is there and no lock. */
const damagedCodes: readonly unknown[] = [11, 26];

/**
 * Makes the folder where it is missing and takes it for this process. The lock is an exclusive transaction on an empty
 * database, held for life: the system drops it with the process, however that ends.
 *
 * @param name of the lock's file inside the folder
 * @throws SheafError DATA_NOT_WRITABLE, DATA_IN_USE, DATA_CORRUPT when something else is in the lock's place
 */
export function lockFolder(folder: string, name: string): FolderLock {
  makeWritable(folder);
  let database: DatabaseSync | undefined;
  try {
    const held = new DatabaseSync(join(folder, name), { timeout: 0 });
    database = held;
    held.exec('BEGIN EXCLUSIVE');
    return { release: () => held.close() };
  } catch (error) {
    database?.close();
    const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
    if (damagedCodes.includes(code)) throw fault('DATA_CORRUPT', join(folder, name), error);
    throw fault(code === busyCode ? 'DATA_IN_USE' : 'DATA_NOT_WRITABLE', folder, error);
  }
}

/** Makes a folder where it is missing. @throws SheafError DATA_NOT_WRITABLE */
export function makeWritable(folder: string): void {
  try {
    makeFolder(folder);
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw fault('DATA_NOT_WRITABLE', folder, error);
  }
}

/** Makes a folder and those above it. Node's own `recursive` never ends where a folder says ENOENT, as /proc does. */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  mkdirSync(path);
}

function fault(code: 'DATA_IN_USE' | 'DATA_NOT_WRITABLE' | 'DATA_CORRUPT', path: string, error: unknown): SheafError {
  const reason = error instanceof Error ? error.message : String(error);
  return new SheafError(code, { detail: { path, reason }, cause: error });
}
