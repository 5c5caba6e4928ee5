/**
 * Whether the file of a log is still the one that was closed at the last clean stop. Touches the world: files.
 *
 *     clean-stop.json     the inode, size and times of log.db when it was closed, under a checksum (data-folder/sealed.ts)
 *
 * All that a process has open was proved when it opened it, or written by it with a checksum. So what it closes need not be proved again as long
 * as nobody has written to it since: whoever does changes the time of the last change, to which nobody can set another. A
 * copy has another inode. The mark is gone while a process has the log, so that it says nothing after a crash.
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { seal, unseal } from '../../data-folder/sealed.ts';
import { SheafError } from '../../errors.ts';

/** Times of files go on in steps of some milliseconds: two changes within one cannot be told apart. */
const stepMs = 5;
const triesMax = 20;

/** The mark beside a database. */
export function cleanStopPath(database: string): string {
  return join(dirname(database), 'clean-stop.json');
}

/** Says that the database was closed, and that all of it is proved. */
export function markCleanStop(database: string): void {
  const path = cleanStopPath(database);
  for (let tries = 0; tries < triesMax; tries++) {
    write(path, seal(stateOf(database)));
    if (isLater(path, database)) return;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, stepMs);
  }
  rmSync(path);
}

/**
 * Whether the database is as it was at the last clean stop; the mark is gone when this returns.
 * @param database is not open yet
 */
export function takeCleanStop(database: string): boolean {
  const path = cleanStopPath(database);
  const marked = read(path);
  if (marked === null) return false;
  const isSame = marked === stateOf(database) && isLater(path, database) && !isWalThere(database);
  rmSync(path);
  return isSame;
}

/** Null where there is no such file. */
function stateOf(database: string): string | null {
  const state = statSync(database, { bigint: true, throwIfNoEntry: false });
  return state === undefined ? null : [state.dev, state.ino, state.size, state.mtimeNs, state.ctimeNs].join(' ');
}

/** Whether the mark was written in a later step of time than the last change of the database. */
function isLater(mark: string, database: string): boolean {
  return statSync(mark, { bigint: true }).mtimeNs > statSync(database, { bigint: true }).ctimeNs;
}

/** What is in it is not in the database yet. */
function isWalThere(database: string): boolean {
  return (statSync(`${database}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** Null where there is none, or none that is sound. */
function read(path: string): string | null {
  try {
    const state = unseal(readFileSync(path, 'utf8'), path);
    return typeof state === 'string' ? state : null;
  } catch (error) {
    if (error instanceof SheafError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function write(path: string, text: string): void {
  const file = openSync(`${path}.tmp`, 'w');
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.tmp`, path);
}
