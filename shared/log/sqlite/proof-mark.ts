/**
 * What of the file of a log was proved, and need not be at the next start. Touches the world: files.
 *
 *     proved.json     {state, boot, heads}: see Mark; under a checksum (data-folder/sealed.ts)
 *
 * All that a process has open was proved when it opened it, or written by it with a checksum. So it need not be proved again as long as nobody
 * else has written to the file since: whoever does changes the time of the last change, to which nobody can set another. A
 * copy has another inode. The process itself changes the file only when it moves there what is in the write-ahead log, and writes the mark anew
 * after each time (proof-marks.ts); what it committed later is above `heads`, and is what a start after `kill -9` proves.
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { seal, unseal } from '../../data-folder/sealed.ts';
import { SheafError } from '../../errors.ts';
import { isArrayOf } from '../../json/is-array-of.ts';
import { isCount } from '../../json/is-count.ts';
import { isObject } from '../../json/read-object.ts';

/** What was proved: by id of a partition the offset up to which. */
export type Proved = 'nothing' | 'all' | ReadonlyMap<number, number>;

export interface Mark {
  /** Inode, size and times of the file. */
  readonly state: string;
  /** Names the time since the machine was started: what it had in memory went to disk only as far as the disk did what it said. */
  readonly boot: string | null;
  /** By id of a partition, up to where its batches are in the file; null: it was closed, and there is nothing but the file. */
  readonly heads: readonly (readonly [partition: number, head: number])[] | null;
}

/** Times of files go on in steps of some milliseconds: two changes within one cannot be told apart. */
export const stepMs = 5;
const triesMax = 20;

/** The mark beside a database. */
export function proofMarkPath(database: string): string {
  return join(dirname(database), 'proved.json');
}

/** Says that the database was closed, and that all of it is proved. */
export function markCleanStop(database: string): void {
  const path = proofMarkPath(database);
  for (let tries = 0; tries < triesMax; tries++) {
    writeMark(database, { state: stateOf(database)!, boot: null, heads: null }, { isDurable: true });
    if (isLater(path, database)) return;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, stepMs);
  }
  rmSync(path);
}

/** @param options `isDurable`: else it may be lost with the machine, and then all is proved */
export function writeMark(database: string, mark: Mark, { isDurable }: { readonly isDurable: boolean }): void {
  const path = proofMarkPath(database);
  const file = openSync(`${path}.tmp`, 'w');
  try {
    writeSync(file, seal(mark));
    if (isDurable) fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.tmp`, path);
}

/**
 * What of the database is proved, by the mark beside it.
 * @param database is not open yet
 * @param boot see Mark; null where it is not known, and what a process left that was not stopped cleanly is not believed
 */
export function readProved(database: string, boot: string | null): Proved {
  const path = proofMarkPath(database);
  const mark = readMark(path);
  if (mark === null || mark.state !== stateOf(database) || !isLater(path, database)) return 'nothing';
  if (mark.heads === null) return isWalThere(database) ? 'nothing' : 'all';
  return boot !== null && boot === mark.boot ? new Map(mark.heads) : 'nothing';
}

/** Null where there is no such file. */
export function stateOf(database: string): string | null {
  const state = statSync(database, { bigint: true, throwIfNoEntry: false });
  return state === undefined ? null : [state.dev, state.ino, state.size, state.mtimeNs, state.ctimeNs].join(' ');
}

/** Names the time since this machine was started, and no other; null where the system does not tell. */
export function bootOfMachine(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
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
function readMark(path: string): Mark | null {
  try {
    const mark = unseal(readFileSync(path, 'utf8'), path);
    return isMark(mark) ? mark : null;
  } catch (error) {
    if (error instanceof SheafError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function isMark(value: unknown): value is Mark {
  if (!isObject(value)) return false;
  const { state, boot, heads } = value;
  if (typeof state !== 'string' || (boot !== null && typeof boot !== 'string')) return false;
  return heads === null || isArrayOf(heads, isHead);
}

function isHead(value: unknown): value is readonly [number, number] {
  return Array.isArray(value) && value.length === 2 && isCount(value[0]) && Number.isSafeInteger(value[1]);
}
