/**
 * The best hits of several leaves, from lists that are in order already: a merge, which reads no more of any list than it
 * takes. Pure.
 *
 * Cost: O(k log n) comparisons for k hits of n lists, and an object for each hit taken; sorting all of them (the twin
 * in the test) makes an object for each hit sent.
 */
import { HitReader, type HitTable, type PartialHit } from '../../shared/protocol/hit-table.ts';
import { compareHits, type HitPosition, type SortKey } from '../../shared/ranking/order.ts';

export interface GatheredHit extends PartialHit {
  /** The document's JSON, possibly filtered; empty when sources were not asked for. */
  readonly source: Uint8Array;
  /** Name of its index, where several were searched. */
  readonly index?: string;
}

export interface ReceivedHits {
  readonly table: HitTable;
  readonly body: Uint8Array;
}

/** A list and its best hit that was not taken. */
interface Head {
  readonly reader: HitReader;
  hit: HitPosition;
}

/** At most `k` hits, best first. The order is total, so the order of the lists does not matter. */
export function mergeHits(keys: readonly SortKey[], received: readonly ReceivedHits[], k: number): GatheredHit[] {
  const heads = openHeads(keys, received);
  const merged: GatheredHit[] = [];
  while (merged.length < k && heads.length > 0) {
    const best = heads[0]!;
    const { reader, hit } = best;
    merged.push({ ...hit, key: reader.key(), score: reader.score(), ...reader.told(), source: reader.source() });
    const next = reader.next();
    if (next !== undefined) {
      if (compareHits(keys, hit, next) > 0) throw new Error(`the hits of shard ${next.shard} are out of order`);
      best.hit = next;
    } else {
      const last = heads.pop()!;
      if (heads.length > 0) heads[0] = last;
    }
    siftDown(keys, heads);
  }
  return merged;
}

/** A heap: every head ranks before those at twice its position plus one and plus two. A sorted list is one. */
function openHeads(keys: readonly SortKey[], received: readonly ReceivedHits[]): Head[] {
  const heads: Head[] = [];
  for (const { table, body } of received) {
    const reader = new HitReader(table, body);
    const hit = reader.next();
    if (hit !== undefined) heads.push({ reader, hit });
  }
  return heads.sort((a, b) => compareHits(keys, a.hit, b.hit));
}

/** Moves the first head to where it belongs. */
function siftDown(keys: readonly SortKey[], heads: Head[]): void {
  for (let at = 0; ;) {
    let child = 2 * at + 1;
    if (child >= heads.length) return;
    if (child + 1 < heads.length && compareHits(keys, heads[child + 1]!.hit, heads[child]!.hit) < 0) child++;
    if (compareHits(keys, heads[at]!.hit, heads[child]!.hit) <= 0) return;
    [heads[at], heads[child]] = [heads[child]!, heads[at]!];
    at = child;
  }
}
