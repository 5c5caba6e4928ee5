/** The data folder of a log: made, locked, opened. Touches the world: files. */
import { randomUUID } from 'node:crypto';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { lockFolder } from '../../data-folder/lock.ts';
import { SheafError } from '../../errors.ts';
import { openingFault } from './faults.ts';
import { settleIdentity, type OnMended } from './identity.ts';
import { mendRequests } from './mend-requests.ts';
import { mendNames } from './names.ts';
import { bootOfMachine, markCleanStop, readProved, type Proved } from './proof-mark.ts';
import { ProofMarks } from './proof-marks.ts';
import { prepareTables } from './tables.ts';
import { verifyBatches, verifyRows } from './verify.ts';
import { verifyWal } from './wal-damage.ts';

/** The file that holds the log, inside its data folder. */
export function databasePath(folder: string): string {
  return join(folder, 'log.db');
}

export interface OpenFolder {
  readonly database: DatabaseSync;
  /** See Log.identity. */
  readonly identity: string;
  /** See mendRequests. */
  readonly lostRequests: ReadonlySet<bigint>;
  /** Batches that were read and proved to open it. */
  readonly provedBatches: number;
  /** To be called after each transaction: writes down what the next start need not prove. */
  look(): void;
  /** Closes the files and gives the folder free. */
  close(): void;
}

export interface OpeningEvents {
  /** Told now and then how far the proof of the batches has come. */
  readonly onVerified: (verifiedBytes: number, fileBytes: number) => void;
  readonly onMended: OnMended;
}

/**
 * Opens the folder for the one process that may write to it, and makes it where it is missing. Cost: reads all of an
 * existing log twice, its pages and then its batches, to find damage before anything is answered. Where nobody else has written to it since it was
 * proved (proof-mark.ts), only the small tables, and after a crash the batches that are not marked as proved, and damage that came since to what is
 * in the file is found when it is read.
 *
 * @param boot see Mark
 * @throws SheafError DATA_NOT_WRITABLE, DATA_IN_USE, DATA_CORRUPT, LOG_FULL
 */
export function openFolder(
  folder: string,
  events: Partial<OpeningEvents> = {},
  boot: string | null = bootOfMachine(),
): OpenFolder {
  // The log's own file cannot be locked for life, because the reader has it open too.
  const lock = lockFolder(folder, 'log.lock');
  try {
    const path = databasePath(folder);
    checkFile(path);
    const opened = openDatabase(path, readProved(path, boot), events);
    const marks = new ProofMarks(opened.database, path, boot);
    marks.look();
    return {
      ...opened,
      look: () => marks.look(),
      close: () => {
        marks.close();
        opened.database.close();
        markCleanStop(path);
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function openDatabase(
  path: string,
  proved: Proved,
  { onVerified, onMended = () => undefined }: Partial<OpeningEvents>,
): Omit<OpenFolder, 'close' | 'look'> {
  let database: DatabaseSync | undefined;
  try {
    verifyWal(path);
    database = new DatabaseSync(path, { timeout: 5000 });
    // Before anything is written to it.
    if (isEmpty(database)) database.exec('PRAGMA auto_vacuum = INCREMENTAL');
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864');
    // Checkpoints of 16 MB: rarer than SQLite's 4 MB, because each costs two fsyncs, and still short.
    database.exec('PRAGMA wal_autocheckpoint = 4000');
    const isNew = prepareTables(database, path, { newIdentity: randomUUID(), isProved: proved !== 'nothing' });
    const identity = settleIdentity(database, path, isNew ? () => undefined : onMended);
    const fileBytes = statSync(path).size;
    verifyRows(database, path);
    const provedBatches = verifyBatches(database, path, {
      proved,
      onVerified: (verifiedBytes) => onVerified?.(verifiedBytes, fileBytes),
    });
    mendNames(database, path, onMended);
    return { database, identity, lostRequests: mendRequests(database, path, onMended), provedBatches };
  } catch (error) {
    database?.close();
    throw openingFault(error, path);
  }
}

function isEmpty(database: DatabaseSync): boolean {
  return database.prepare('PRAGMA page_count').get()?.['page_count'] === 0;
}

/** A log that may be read but not written would fail at the first append. */
function checkFile(path: string): void {
  try {
    if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SheafError('DATA_NOT_WRITABLE', { detail: { path, reason }, cause: error });
  }
}
