/** The list of leaves that the roots of `up` follow. Touches the world: a file in the data folder. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatAddress } from '../../shared/transport/address.ts';
import type { PlannedProcess } from './planned-process.ts';

export const leafFileOf = (folder: string): string => join(folder, 'leaves.list');

/** Replaces the file, so that a root reads the old or the new list whole. */
export function writeLeafFile(folder: string, leaves: readonly Pick<PlannedProcess, 'name' | 'host' | 'port'>[]): void {
  const path = leafFileOf(folder);
  writeFileSync(`${path}.tmp`, leaves.map((leaf) => `${leaf.name}=${formatAddress(leaf)}\n`).join(''));
  renameSync(`${path}.tmp`, path);
}
