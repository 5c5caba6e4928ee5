/** An entry of the partition of claims: that a process of the cluster claims its place in object storage (claims.ts). Pure. */
import type { EntryKind } from '../log/batch.ts';
import { invalidBody, readVersioned, writeVersioned } from '../log/versioned-body.ts';

export interface ClaimEntry {
  /** Names one incarnation of a process. */
  readonly holder: string;
}

/** Raised where a reader of before would read another claim in it. */
const version = 1;

/** The body of an entry. */
export function writeClaimEntry({ holder }: ClaimEntry): Uint8Array {
  return writeVersioned(version, { holder });
}

/** @throws SheafError BATCH_INVALID; BATCH_VERSION_UNKNOWN where a newer Sheaf wrote it */
export function readClaimEntry(kind: EntryKind, body: Uint8Array): ClaimEntry {
  const { holder } = readVersioned(version, kind, body);
  if (typeof holder !== 'string' || holder === '') throw invalidBody('no holder');
  return { holder };
}
