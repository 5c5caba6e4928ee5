/**
 * The best hits of several leaves, from lists that are in order already: a merge, which reads no more of any list than it
 * takes. Pure.
 *
 * Cost: O(k log n) comparisons for k hits of n lists, and an object for each hit of the page; sorting all of them (the twin
 * in the test) makes an object for each hit sent.
 */
import { ReceivedHits, type HitTable, type PartialHit } from '../../shared/protocol/hit-table.ts';
import { compareRows } from '../../shared/ranking/hit-columns.ts';
import type { SortKey } from '../../shared/ranking/order.ts';

/** A hit as it came: perhaps without key and source, which are fetched then. */
export interface MergedHit extends PartialHit {
  /** The document's JSON, possibly filtered; empty when sources were not asked for, or this one was held back. */
  readonly source: Uint8Array;
}

export interface GatheredHit extends MergedHit {
  readonly key: string;
  /** Name of its index, where several were searched. */
  readonly index?: string;
}

export interface ReceivedTable {
  readonly table: HitTable;
  readonly body: Uint8Array;
}

/** Ranks: from the first up to before the other. */
export interface PageRanks {
  readonly from: number;
  readonly until: number;
}

export interface MergedHits {
  /** Those of the page, best first. */
  readonly hits: MergedHit[];
  /** Of the best hit of all; null where there is none, or it has none. */
  readonly bestScore: number | null;
}

/** A list and its best row that was not taken. */
interface Head {
  readonly list: ReceivedHits;
  row: number;
}

/** The order is total, so the order of the lists does not matter. */
export function mergeHits(keys: readonly SortKey[], received: readonly ReceivedTable[], page: PageRanks): MergedHits {
  const heads = openHeads(keys, received);
  const bestScore = heads[0]?.list.scoreAt(0) ?? null;
  const hits: MergedHit[] = [];
  for (let rank = 0; rank < page.until && heads.length > 0; rank++) {
    const best = heads[0]!;
    const { list, row } = best;
    if (rank >= page.from) hits.push({ ...list.hitAt(row), source: list.sourceAt(row) });
    if (row + 1 < list.count) {
      const { columns } = list;
      if (compareRows(keys, columns, row, columns, row + 1) > 0) {
        throw new Error(`the hits of shard ${columns.shards[row + 1]} are out of order`);
      }
      best.row = row + 1;
    } else {
      const last = heads.pop()!;
      if (heads.length > 0) heads[0] = last;
    }
    siftDown(keys, heads);
  }
  return { hits, bestScore };
}

/** A heap: every head ranks before those at twice its position plus one and plus two. A sorted list is one. */
function openHeads(keys: readonly SortKey[], received: readonly ReceivedTable[]): Head[] {
  const heads: Head[] = [];
  for (const { table, body } of received) {
    if (table.count > 0) heads.push({ list: new ReceivedHits(table, body), row: 0 });
  }
  return heads.sort((a, b) => compareHeads(keys, a, b));
}

function compareHeads(keys: readonly SortKey[], a: Head, b: Head): number {
  return compareRows(keys, a.list.columns, a.row, b.list.columns, b.row);
}

/** Moves the first head to where it belongs. */
function siftDown(keys: readonly SortKey[], heads: Head[]): void {
  for (let at = 0; ;) {
    let child = 2 * at + 1;
    if (child >= heads.length) return;
    if (child + 1 < heads.length && compareHeads(keys, heads[child + 1]!, heads[child]!) < 0) child++;
    if (compareHeads(keys, heads[at]!, heads[child]!) <= 0) return;
    [heads[at], heads[child]] = [heads[child]!, heads[at]!];
    at = child;
  }
}
