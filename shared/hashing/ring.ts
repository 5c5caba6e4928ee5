/**
 * Where replicas should live: consistent hashing with bounded load.
 *
 * The ring is the `consistent-hash` package behind this one wrapper. As shipped it draws its points at random in each
 * process, cannot add a removed node again and hashes keys weakly; so a ring here is immutable, built from sorted
 * names with explicit points from xxh64, and keys are hashed with xxh64 before the package sees them.
 *
 * Bounded load: Mirrokni, Thorup and Zadimoghaddam, "Consistent Hashing with Bounded Loads" (2016).
 */
import { hash64 } from './hash.ts';
import { placeInZones, type ZonedRequest } from './zones.ts';
import ConsistentHash from 'consistent-hash';

const pointsPerLeaf = 160;
/** Prime, as the package asks; wide enough that points rarely collide. */
const range = 1_000_003;
const loadFactor = 1.1;

/** Points of each leaf: distinct over the whole ring, because names are taken in order and a taken point is passed by. */
function choosePoints(leaves: readonly string[]): Map<string, number[]> {
  const taken = new Set<number>();
  const points = new Map<string, number[]>();
  for (const leaf of leaves) {
    const own: number[] = [];
    for (let i = 0; own.length < pointsPerLeaf; i++) {
      const point = Number(hash64(`${leaf}#${i}`) % BigInt(range));
      if (taken.has(point)) continue;
      taken.add(point);
      own.push(point);
    }
    points.set(leaf, own);
  }
  return points;
}

/** The ring of the leaves that were asked about last: most questions are about the same ones. */
let last: { readonly leaves: string; readonly ring: ConsistentHash } | null = null;

function ringOf(leaves: readonly string[]): ConsistentHash {
  const key = JSON.stringify(leaves);
  if (last?.leaves !== key) last = { leaves: key, ring: buildRing(leaves) };
  return last.ring;
}

function buildRing(leaves: readonly string[]): ConsistentHash {
  const ring = new ConsistentHash({ range, weight: pointsPerLeaf });
  for (const [leaf, points] of choosePoints(leaves)) ring.add(leaf, points.length, points);
  return ring;
}

export interface PlacementRequest {
  /** Names of all leaves, in any order. */
  readonly leaves: readonly string[];
  readonly indexId: string;
  readonly shards: number;
  readonly replicas: number;
  /** By leaf the zone it is in; one without is a zone of its own. Absent is the same as none. */
  readonly zones?: ReadonlyMap<string, string>;
}

/**
 * The desired owners of every shard of an index: shard → names of distinct leaves, best first. Where there are fewer
 * leaves than replicas, every leaf owns the shard. The same in every process.
 *
 * The replicas of a shard are in as many zones as there are leaves of; see zones.ts. Where all leaves are in one zone, or each is in
 * another, zones make no difference.
 *
 * Cost: O(shards × leaves) after building the ring.
 */
export function placeShards(request: PlacementRequest): string[][] {
  const { indexId, shards } = request;
  const leaves = [...new Set(request.leaves)].sort();
  if (leaves.length === 0) return Array.from({ length: shards }, () => []);
  const ring = ringOf(leaves);
  const replicas = Math.min(request.replicas, leaves.length);
  const preference = (shard: number): readonly string[] => {
    const key = hash64(`${indexId}/${shard}`).toString(16).padStart(16, '0');
    return ring.get(key, leaves.length);
  };
  const zones = groupByZone(leaves, request.zones ?? noZones);
  const isZoned = replicas > 1 && zones.length > 1 && zones.length < leaves.length;
  if (isZoned) return placeInZones({ zones, shards, replicas, preference });
  return placeAnywhere({ leaves, shards, replicas, preference });
}

const noZones: ReadonlyMap<string, string> = new Map();

function groupByZone(leaves: readonly string[], zones: ReadonlyMap<string, string>): string[][] {
  const groups = Map.groupBy(leaves, (leaf) => zones.get(leaf));
  const alone = groups.get(undefined) ?? [];
  groups.delete(undefined);
  return [...groups.values(), ...alone.map((leaf) => [leaf])];
}

interface Anywhere extends Omit<ZonedRequest, 'zones'> {
  readonly leaves: readonly string[];
}

function placeAnywhere({ leaves, shards, replicas, preference }: Anywhere): string[][] {
  const loadMax = Math.ceil((loadFactor * shards * replicas) / leaves.length);
  const load = new Map(leaves.map((leaf) => [leaf, 0]));
  return Array.from({ length: shards }, (_, shard) => {
    const preferred = preference(shard);
    const chosen = preferred.filter((leaf) => load.get(leaf)! < loadMax).slice(0, replicas);
    // Distinct owners matter more than the bound: the last shards may find too few leaves below it.
    for (const leaf of preferred) {
      if (chosen.length === replicas) break;
      if (!chosen.includes(leaf)) chosen.push(leaf);
    }
    for (const leaf of chosen) load.set(leaf, load.get(leaf)! + 1);
    return chosen;
  });
}
