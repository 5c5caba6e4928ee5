/**
 * The replicas of a shard in different zones, by the ring's order of preference. Pure.
 *
 * A shard takes its leaves in the order of the ring, and passes by those that are full and those whose zone has had its part.
 * What is full follows from what the zones allow: where one has too few leaves for an even part, or so many that every shard
 * is in it, the leaves of zones differ in what they have, and each may have a little more than the least of its own zone.
 *
 * A zone is short where it has less room than there are shards to be placed. So that the last shards find room in enough
 * zones, each takes from those that are short only as much as the shards after it can spare. Where a zone has at most one
 * replica of a shard this is exact, and nothing is ever fuller than full: as long as the rooms of the zones, of each at most one
 * for each shard, add up to what is to be placed, they do so after the next shard too.
 */
export interface ZonedRequest {
  /** Names of the leaves of each zone, at least one; each leaf is in one zone. */
  readonly zones: readonly (readonly string[])[];
  readonly shards: number;
  /** At most as many as there are leaves. */
  readonly replicas: number;
  /** Names of all leaves, best first. */
  readonly preference: (shard: number) => readonly string[];
}

/** How many replicas of a shard are in a zone. */
interface Spread {
  /** In every zone so many, or one on each of its leaves. */
  readonly base: number;
  /** In so many zones one more. */
  readonly extra: number;
}

/** A leaf is full with so many times what an even division gives the leaves of its zone; they may have 1.15. */
const loadFactor = 1.12;
/** Halvings of the level: what is left is far below one replica, for any number of shards. */
const levelSteps = 50;

/**
 * The owners of every shard, best first: shard → names of distinct leaves.
 *
 * Cost: O(shards × leaves).
 */
export function placeInZones({ zones, shards, replicas, preference }: ZonedRequest): string[][] {
  const room = new Room(zones, shards, replicas);
  return Array.from({ length: shards }, (_, shard) => room.take(preference(shard), shards - shard - 1));
}

/** @param sizes leaves of each zone */
function spreadOver(sizes: readonly number[], replicas: number): Spread {
  const placed = (each: number): number => sum(sizes.map((size) => Math.min(size, each)));
  let base = 0;
  while (placed(base + 1) < replicas) base++;
  return { base, extra: replicas - placed(base) };
}

/**
 * Replicas for each leaf of a zone, by zone, so that the most that any leaf has is the least possible: fractions.
 * @param sizes leaves of each zone
 */
function evenLoads(sizes: readonly number[], shards: number, { base, extra }: Spread): number[] {
  // What a zone has beyond the base where its leaves are filled to a level: at most one more of each shard.
  const extraAt = (level: number, size: number): number => {
    return size > base ? Math.min(Math.max(level * size - base * shards, 0), shards) : 0;
  };
  let [low, high] = [0, (base + 1) * shards];
  for (let i = 0; i < levelSteps; i++) {
    const level = (low + high) / 2;
    if (sum(sizes.map((size) => extraAt(level, size))) >= extra * shards) high = level;
    else low = level;
  }
  return sizes.map((size) => (Math.min(size, base) * shards + extraAt(high, size)) / size);
}

/** What the leaves of the zones have room for, while shards are placed. */
class Room {
  private readonly zones: readonly (readonly string[])[];
  private readonly replicas: number;
  private readonly spread: Spread;
  /** Position of the zone that a leaf is in. */
  private readonly zoneOf = new Map<string, number>();
  /** By leaf how many replicas it may yet take. */
  private readonly left = new Map<string, number>();

  constructor(zones: ZonedRequest['zones'], shards: number, replicas: number) {
    const sizes = zones.map(({ length }) => length);
    this.zones = zones;
    this.replicas = replicas;
    this.spread = spreadOver(sizes, replicas);
    const loads = evenLoads(sizes, shards, this.spread);
    for (const [zone, leaves] of zones.entries()) {
      // The level is a little above what it stands for.
      const most = Math.max(Math.ceil(loads[zone]! - 1e-9), Math.floor(loads[zone]! * loadFactor));
      for (const leaf of leaves) {
        this.zoneOf.set(leaf, zone);
        this.left.set(leaf, most);
      }
    }
  }

  /**
   * Places one shard.
   * @param preference names of all leaves, best first
   * @param after how many shards are placed after this one
   */
  take(preference: readonly string[], after: number): string[] {
    const rooms = this.zones.map((leaves) => this.extraRoom(leaves, after));
    const spare = sum(rooms.map((room) => Math.min(room, after))) - this.spread.extra * after;
    const parts = new Parts(
      this.spread,
      rooms.map((room) => room <= after),
    );
    const isInTurn = (leaf: string, shortMax: number): boolean => parts.take(this.zoneOf.get(leaf)!, shortMax);
    const chosen = preference.filter((leaf) => this.left.get(leaf)! > 0 && isInTurn(leaf, spare));
    if (chosen.length < this.replicas) {
      // Of zones that have several replicas of a shard, all but one leaf may be full.
      const emptiest = preference
        .filter((leaf) => !chosen.includes(leaf))
        .sort((a, b) => this.left.get(b)! - this.left.get(a)!);
      chosen.push(...emptiest.filter((leaf) => isInTurn(leaf, Infinity)));
    }
    for (const leaf of chosen) this.left.set(leaf, this.left.get(leaf)! - 1);
    return chosen;
  }

  /** For how many shards, of this one and those after it, there is room for one more than the base in a zone. */
  private extraRoom(leaves: readonly string[], after: number): number {
    const { base } = this.spread;
    if (leaves.length <= base) return 0;
    const shards = after + 1;
    return sum(leaves.map((leaf) => Math.min(Math.max(this.left.get(leaf)!, 0), shards))) - base * shards;
  }
}

/** How many replicas of one shard the zones have been given. */
class Parts {
  private readonly spread: Spread;
  private readonly isShort: readonly boolean[];
  private readonly given: number[];
  private extra = 0;
  private short = 0;

  /** @param isShort by zone */
  constructor(spread: Spread, isShort: readonly boolean[]) {
    this.spread = spread;
    this.isShort = isShort;
    this.given = isShort.map(() => 0);
  }

  /**
   * Gives a zone one more, if it is in turn.
   * @param shortMax how many zones that are short may be given one more than the base
   */
  take(zone: number, shortMax: number): boolean {
    const given = this.given[zone]!;
    if (given === this.spread.base) {
      const isShort = this.isShort[zone]!;
      if (this.extra === this.spread.extra || (isShort && this.short >= shortMax)) return false;
      this.extra++;
      if (isShort) this.short++;
    }
    if (given > this.spread.base) return false;
    this.given[zone] = given + 1;
    return true;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
