/**
 * The file that says which process of the cluster has which id, for people and tests that want to stop one.
 * Touches the world: the data folder, and asks whether processes live.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type ProcessIds = Readonly<Record<string, number>>;

const fileOf = (folder: string): string => join(folder, 'processes.json');

/** Replaces the file, so that a reader sees the old or the new one whole. */
export function writeProcessIds(folder: string, ids: ProcessIds): void {
  const path = fileOf(folder);
  writeFileSync(`${path}.tmp`, `${JSON.stringify(ids)}\n`);
  renameSync(`${path}.tmp`, path);
}

/** Empty where there is no file that can be read. */
export function readProcessIds(folder: string): ProcessIds {
  try {
    return JSON.parse(readFileSync(fileOf(folder), 'utf8')) as ProcessIds;
  } catch {
    return {};
  }
}

export function removeProcessIds(folder: string): void {
  rmSync(fileOf(folder), { force: true });
}

/** Whether a process has this id; after a restart of the machine it may be another one. */
export function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}
