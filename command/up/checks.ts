/** What must hold before `up` starts anything. Touches the world: the data folder and ports. */
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SheafError } from '../../shared/errors.ts';
import type { PlannedProcess } from './plan.ts';

/** @throws SheafError DATA_NOT_WRITABLE */
export function checkWritable(folder: string): void {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SheafError('DATA_NOT_WRITABLE', { detail: { data: folder, flag: '--data', reason }, cause: error });
  }
}

/** Makes a folder and those above it. Node's own `recursive` never ends where a folder says ENOENT, as /proc does. */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  mkdirSync(path);
}

/**
 * Locks the folder until the process ends, however it ends: the lock of an SQLite file is one of the operating
 * system, so nothing stale is left behind, as a file with a process id would be.
 *
 * @throws SheafError DATA_IN_USE
 */
export function lockFolder(folder: string): { release(): void } {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(join(folder, 'up.lock'), { timeout: 0 });
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    const reason = error instanceof Error ? error.message : String(error);
    if (!/locked|busy/i.test(reason)) {
      throw new SheafError('DATA_NOT_WRITABLE', { detail: { data: folder, flag: '--data', reason }, cause: error });
    }
    throw new SheafError('DATA_IN_USE', { detail: { data: folder, flag: '--data' }, cause: error });
  }
  const held = database;
  return { release: () => held.close() };
}

/** @throws SheafError PORT_IN_USE with the port and the flag to change */
export async function checkPorts(processes: readonly PlannedProcess[]): Promise<void> {
  for (const { name, host, port } of processes) {
    try {
      await tryPort(host, port);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new SheafError('PORT_IN_USE', { detail: { port, for: name, flag: '--port', reason }, cause: error });
    }
  }
}

function tryPort(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: host.replace(/^\[(.*)\]$/, '$1'), port, exclusive: true }, () =>
      server.close(() => resolve()),
    );
  });
}
