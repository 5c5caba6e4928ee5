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
}

/**
 * The desired owners of every shard of an index: shard → names of distinct leaves, best first. Where there are fewer
 * leaves than replicas, every leaf owns the shard. The same in every process.
 *
 * Cost: O(shards × leaves) after building the ring.
 */
export function placeShards(request: PlacementRequest): string[][] {
  const leaves = [...new Set(request.leaves)].sort();
  const owners: string[][] = [];
  if (leaves.length === 0) return Array.from({ length: request.shards }, () => []);
  const ring = ringOf(leaves);
  const replicas = Math.min(request.replicas, leaves.length);
  const loadMax = Math.ceil((loadFactor * request.shards * replicas) / leaves.length);
  const load = new Map(leaves.map((leaf) => [leaf, 0]));
  for (let shard = 0; shard < request.shards; shard++) {
    const key = hash64(`${request.indexId}/${shard}`).toString(16).padStart(16, '0');
    const preference = ring.get(key, leaves.length);
    const chosen = preference.filter((leaf) => load.get(leaf)! < loadMax).slice(0, replicas);
    // Distinct owners matter more than the bound: the last shards may find too few leaves below it.
    for (const leaf of preference) {
      if (chosen.length === replicas) break;
      if (!chosen.includes(leaf)) chosen.push(leaf);
    }
    for (const leaf of chosen) load.set(leaf, load.get(leaf)! + 1);
    owners.push(chosen);
  }
  return owners;
}
