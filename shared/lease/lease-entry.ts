/**
 * An entry of the partition of leases: an entry of kind put, whose body is JSON. Every reader decides alike, from the
 * entries before it, whether one is valid: see lease-table.ts. Pure.
 */
import { SheafError } from '../errors.ts';
import { isObject } from '../json/read-object.ts';
import { limits } from '../limits.ts';
import type { EntryKind } from '../log/batch.ts';

/** A lease as every reader knows it. */
export interface Lease {
  readonly name: string;
  /** Names one incarnation of a process. */
  readonly holder: string;
  /** The fencing token: the offset of the entry that took it. */
  readonly token: number;
  /** The offset of the entry that took it or renewed it last. */
  readonly revision: number;
  /** Whoever saw the last renewal so long ago, by its own clock, may take the lease. */
  readonly ttlMs: number;
}

/**
 * The lease of whoever keeps the partition of leases: it ends what has expired, writes checkpoints and trims. There is room
 * for it always.
 */
export const keeperLease = 'leases';

/** The name of a lease and its token. */
export type TokenOf = readonly [name: string, token: number];
/** The name of a lease and its revision. */
export type RevisionOf = readonly [name: string, revision: number];

export type LeaseEntry =
  | {
      readonly entry: 'take';
      readonly name: string;
      readonly holder: string;
      /** Tells an entry of the holder from its others. */
      readonly attempt: number;
      readonly ttlMs: number;
      /** The revision that the taker has seen expire, or holds; −1 where it knows of no lease of this name. */
      readonly over: number;
    }
  | {
      readonly entry: 'renew';
      readonly holder: string;
      readonly attempt: number;
      readonly leases: readonly TokenOf[];
    }
  | { readonly entry: 'release'; readonly holder: string; readonly leases: readonly TokenOf[] }
  /** Ends leases that the keeper has seen expire, and that nobody took. */
  | {
      readonly entry: 'expire';
      readonly holder: string;
      readonly attempt: number;
      readonly leases: readonly RevisionOf[];
    }
  /** All leases there are, so that what stands before it need not be read. */
  | {
      readonly entry: 'checkpoint';
      readonly holder: string;
      readonly attempt: number;
      /** The last offset of which the leases tell. */
      readonly upTo: number;
      readonly leases: readonly Lease[];
    };

/** Raised where a reader of before would decide otherwise: it then stands still before the entry. */
const version = 1;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** The body of an entry. */
export function writeLeaseEntry(entry: LeaseEntry): Uint8Array {
  const written = entry.entry === 'checkpoint' ? { ...entry, leases: entry.leases.map(packLease) } : entry;
  return encoder.encode(JSON.stringify({ version, ...written }));
}

/** @throws SheafError BATCH_INVALID; BATCH_VERSION_UNKNOWN where a newer Sheaf wrote it */
export function readLeaseEntry(kind: EntryKind, body: Uint8Array): LeaseEntry {
  const fields = kind === 'put' ? parse(body) : null;
  if (!isObject(fields)) throw invalid('not an object of JSON');
  const { version: found } = fields;
  if (!isWhole(found, 1)) throw invalid('no version');
  if (found > version) throw new SheafError('BATCH_VERSION_UNKNOWN', { detail: { version: found, known: version } });
  const entry = readFields(fields);
  if (entry === null) throw invalid('not an entry of leases');
  return entry;
}

function readFields({ entry, name, holder, attempt, ttlMs, over, leases, upTo }: Fields): LeaseEntry | null {
  switch (entry) {
    case 'take':
      return isName(name) && isHolder(holder) && isWhole(attempt, 0) && isTtl(ttlMs) && isWhole(over, -1)
        ? { entry, name, holder, attempt, ttlMs, over }
        : null;
    case 'renew':
    case 'expire':
      return isHolder(holder) && isWhole(attempt, 0) && arePairs(leases) ? { entry, holder, attempt, leases } : null;
    case 'release':
      return isHolder(holder) && arePairs(leases) ? { entry, holder, leases } : null;
    case 'checkpoint': {
      const all = readLeases(leases);
      return isHolder(holder) && isWhole(attempt, 0) && isWhole(upTo, -1) && all !== null
        ? { entry, holder, attempt, upTo, leases: all }
        : null;
    }
    default:
      return null;
  }
}

function packLease({ name, holder, token, revision, ttlMs }: Lease): readonly unknown[] {
  return [name, holder, token, revision, ttlMs];
}

function readLeases(value: unknown): Lease[] | null {
  if (!Array.isArray(value) || value.length > limits.leasesMax + 1) return null;
  const leases: Lease[] = [];
  for (const row of value as unknown[]) {
    if (!Array.isArray(row) || row.length !== 5) return null;
    const [name, holder, token, revision, ttlMs] = row as unknown[];
    const isSound = isName(name) && isHolder(holder) && isWhole(token, 0) && isWhole(revision, 0) && isTtl(ttlMs);
    if (!isSound) return null;
    leases.push({ name, holder, token, revision, ttlMs });
  }
  return leases;
}

type Fields = Readonly<Record<string, unknown>>;

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(body));
  } catch {
    return null;
  }
}

/** Whether a lease may have this name. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= limits.leaseNameLengthMax;
}

/** Whether a holder may have this name. */
export function isHolder(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= limits.leaseHolderLengthMax;
}

/** Whether a lease may last so long. */
export function isTtl(value: unknown): value is number {
  return isWhole(value, limits.leaseTtlMsMin) && value <= limits.leaseTtlMsMax;
}

function isWhole(value: unknown, min: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= min;
}

function arePairs(value: unknown): value is readonly TokenOf[] {
  return (
    Array.isArray(value) &&
    value.length <= limits.leasesPerEntryMax &&
    (value as unknown[]).every(
      (pair) => Array.isArray(pair) && pair.length === 2 && isName(pair[0]) && isWhole(pair[1], 0),
    )
  );
}

function invalid(reason: string): SheafError {
  return new SheafError('BATCH_INVALID', { detail: { reason } });
}
