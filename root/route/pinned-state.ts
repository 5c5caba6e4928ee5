/**
 * The state that a pinned search was answered from: for each shard the log offset, and the leaf that keeps it. Callers
 * carry it from page to page as an opaque `at`; any root understands it.
 */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { SheafError } from '../../shared/errors.ts';
import { refuseOfBefore } from './refuse-of-before.ts';

export interface PinnedShard {
  readonly offset: number;
  /** The leaf to ask first: it keeps the state. */
  readonly leaf: string;
}

/** By shard; shards that did not answer are not in it. */
export type PinnedState = ReadonlyMap<number, PinnedShard>;

/** An answer with the leaf that gave it. */
interface Pinning {
  readonly leaf: string;
  readonly partial: { readonly shards: readonly number[]; readonly offsets: Readonly<Record<string, number>> };
}

/** What these answers were made from. */
export function pinnedBy(answers: readonly Pinning[]): PinnedState {
  return new Map(
    answers.flatMap(({ leaf, partial }) =>
      partial.shards.map((shard) => [shard, { offset: partial.offsets[shard]!, leaf }] as const),
    ),
  );
}

/** `[index id, names of leaves, [shard, offset, number of the leaf], …]`. */
export function encodeState(indexId: string, state: PinnedState): string {
  const leaves = [...new Set(Array.from(state.values(), ({ leaf }) => leaf))];
  const rows = [...state].map(([shard, { offset, leaf }]) => [shard, offset, leaves.indexOf(leaf)]);
  return Buffer.from(JSON.stringify([indexId, leaves, ...rows])).toString('base64url');
}

/** Reads what `encodeState` wrote for this index, and nothing else. @throws SheafError PIN_INVALID, INDEX_RESTORED */
export function decodeState(text: string, index: Pick<IndexDefinition, 'id' | 'shards' | 'restored'>): PinnedState {
  const [id, leaves, ...rows] = parse(text);
  if (typeof id !== 'string' || !Array.isArray(leaves)) throw refused();
  refuseOfBefore(id, index, 'at');
  if (id !== index.id) throw refused({ reason: 'it is of another index', id, expected: index.id });
  const state = new Map<number, PinnedShard>();
  for (const row of rows) {
    const [shard, offset, leaf] = Array.isArray(row) ? (row as unknown[]) : [];
    const name: unknown = leaves[Number(leaf)];
    if (!isBelow(shard, index.shards) || !isOffset(offset) || typeof name !== 'string') throw refused();
    state.set(shard, { offset, leaf: name });
  }
  // Decoding is lenient: what does not come out again as it went in was changed on its way.
  if (encodeState(id, state) !== text) throw refused();
  return state;
}

function parse(text: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (Array.isArray(parsed)) return parsed;
  } catch (error) {
    throw new SheafError('PIN_INVALID', { at: 'at', cause: error });
  }
  throw refused();
}

function isBelow(value: unknown, end: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < end;
}

function isOffset(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= -1;
}

function refused(detail: Readonly<Record<string, unknown>> = {}): SheafError {
  return new SheafError('PIN_INVALID', { at: 'at', detail });
}
