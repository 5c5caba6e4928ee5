/**
 * The leaves on the ring and their zones, as far as roots have told. Pure.
 *
 * A root that has just started names leaves that it has not heard yet: their zones stay as they were known, or its start would
 * move replicas. Where there are zones, a leaf that nobody has heard yet is not placed by: it has nothing, and what is placed
 * before its zone is known would move again.
 */
import type { Members } from '../../shared/protocol/reports.ts';

export interface KnownMembers {
  /** Names, sorted. */
  readonly leaves: readonly string[];
  /** Of those of these that were ever heard; null where one is in none. Absent where nobody ever told of zones: all are in none. */
  readonly zones?: Readonly<Record<string, string | null>>;
}

/** What replicas are placed by. */
export interface Ring {
  readonly leaves: readonly string[];
  /** By leaf. */
  readonly zones: ReadonlyMap<string, string>;
}

/** @param before null where none were known */
export function takeMembers(before: KnownMembers | null, { leaves, zones }: Omit<Members, 'peers'>): KnownMembers {
  if (zones === undefined && before?.zones === undefined) return { leaves };
  const known = new Map([...zonesOf(before), ...Object.entries(zones ?? {})]);
  const heard = leaves.filter((leaf) => known.has(leaf));
  return { leaves, zones: Object.fromEntries(heard.map((leaf) => [leaf, known.get(leaf)!])) };
}

export function isSameRing(a: KnownMembers, b: KnownMembers): boolean {
  const [zonesOfA, zonesOfB] = [zonesOf(a), zonesOf(b)];
  return a.leaves.join() === b.leaves.join() && a.leaves.every((leaf) => zonesOfA.get(leaf) === zonesOfB.get(leaf));
}

/** @param own the leaf that places; its zone as it is, whatever roots have heard of an earlier life of it */
export function ringOf(members: KnownMembers, own: { readonly name: string; readonly zone: string | null }): Ring {
  const { leaves } = members;
  const known = zonesOf(members).set(own.name, own.zone);
  const named = leaves.flatMap((leaf) => {
    const zone = known.get(leaf) ?? null;
    return zone === null ? [] : [[leaf, zone] as const];
  });
  const placed = named.length === 0 ? leaves : leaves.filter((leaf) => known.has(leaf));
  return { leaves: placed, zones: new Map(named) };
}

function zonesOf(members: KnownMembers | null): Map<string, string | null> {
  const { leaves = [], zones } = members ?? {};
  return new Map(zones === undefined ? leaves.map((leaf) => [leaf, null]) : Object.entries(zones));
}
