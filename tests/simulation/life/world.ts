/** What a simulated cluster is made of, besides its processes. */
import type { Ring } from '../../../leaf/replicas/known-members.ts';
import { placeReplicas, type Placement } from '../../../leaf/replicas/placement.ts';
import { emptyCatalog, type CatalogState, type IndexDefinition } from '../../../shared/catalog/catalog.ts';
import { TrieMap } from '../../../shared/trie/trie-map.ts';
import type { Random } from '../../../shared/random/random.ts';
import type { VirtualTime } from '../virtual-time.ts';

export interface LifeWorld {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly shards: number;
  /** The log's last offset by shard. */
  readonly heads: number[];
  /** As a leaf or a root finds it now. */
  catalog: CatalogState;
  /** Whether copies fail now and then. */
  readonly copyFaultChance: number;
  /** How often a message is stuck for a while, and all behind it. */
  readonly stuckChance: number;
  readonly trace: (line: string) => void;
  readonly violate: (what: string) => void;
}

export const indexId = 'x0';

/** @param offset of the entry that made it so */
export function catalogOf(offset: number, shards: number, replicas: number): CatalogState {
  const schema: IndexDefinition['schema'] = { fields: {}, dynamic: 'strict' };
  const books: IndexDefinition = { id: indexId, name: 'books', kind: 'document', schema, shards, replicas };
  return { ...emptyCatalog, offset, indexes: TrieMap.of([[books.name, books]]) };
}

const placements = new Map<string, Placement>();

/** The same placement for the same question: it is asked thousands of times, and a ring takes a while to build. */
export function placementOf(catalog: CatalogState, { leaves, zones }: Ring): Placement {
  const key = JSON.stringify([catalog.indexes.get('books'), leaves, [...zones]]);
  const known = placements.get(key) ?? placeReplicas(catalog, leaves, zones);
  placements.set(key, known);
  return known;
}

/** Messages of one connection: each takes a time of its own, and none overtakes another. */
export class Stream {
  private readonly world: LifeWorld;
  private readonly stuckMsMax: number;
  private lastAt = 0;
  private closed = false;

  /** @param stuckMsMax how long a message may be stuck */
  constructor(world: LifeWorld, stuckMsMax: number) {
    this.world = world;
    this.stuckMsMax = stuckMsMax;
  }

  /** Most arrive within a few milliseconds, some are stuck. */
  send(arrive: () => void): void {
    const { time, random, stuckChance } = this.world;
    const delayMs = random.chance(stuckChance) ? random.integer(20, this.stuckMsMax) : random.integer(1, 20);
    this.lastAt = Math.max(this.lastAt, time.now() + delayMs);
    time.at(this.lastAt, () => {
      if (!this.closed) arrive();
    });
  }

  close(): void {
    this.closed = true;
  }
}
