/** Which leaves should have which replicas: a function of who is there and which indexes exist. No I/O. */
import { emptyCatalog, type CatalogState, type IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { RestoredIndex } from '../../shared/catalog/definition.ts';
import { placeShards } from '../../shared/hashing/ring.ts';
import { indexKinds } from '../../shared/index-kinds/index-kinds.ts';
import { replicaName } from '../../shared/protocol/replicas.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import type { IndexOfReplica } from '../indexing/messages.ts';
import type { Ring } from './known-members.ts';

export interface PlacedShard {
  readonly indexId: string;
  readonly shard: number;
  readonly index: IndexOfReplica;
  readonly fields: readonly IndexedField[];
  /** What the index is restored from; absent where it began empty. */
  readonly restored?: RestoredIndex;
  /** Names of the leaves that should have a replica, best first. */
  readonly owners: readonly string[];
}

type Zones = Ring['zones'];

const noZones: Zones = new Map();

/** By `replicaName`: every shard of every index, and who should have it. */
export type Placement = ReadonlyMap<string, PlacedShard>;

/**
 * Cost: a step for each shard, and its place on the ring.
 * @param leaves names of the leaves on the ring; without any, no shard has an owner
 * @param zones by leaf the zone it is in
 */
export function placeReplicas(catalog: CatalogState, leaves: readonly string[], zones: Zones = noZones): Placement {
  const placement = new Map<string, PlacedShard>();
  for (const index of catalog.indexes.values()) {
    for (const placed of placeIndex(index, { leaves, zones })) placement.set(nameOf(placed), placed);
  }
  return placement;
}

/** Where replicas belong, kept up with the catalog and the leaves; and which of them are to be looked at again. */
export class KeptPlacement {
  private readonly placed = new Map<string, PlacedShard>();
  private state: CatalogState = emptyCatalog;
  private ring: Ring = { leaves: [], zones: noZones };
  private touched = new Set<string>();

  get placement(): Placement {
    return this.placed;
  }

  /**
   * Cost: a step for each shard of the indexes that have changed; as that of placeReplicas, where the leaves have.
   * @param leaves as of placeReplicas, as the zones
   * @throws what the kind of an index throws; nothing has changed then
   */
  follow(state: CatalogState, leaves: readonly string[], zones: Zones = noZones): void {
    const ring = { leaves, zones };
    const { gone, come } = isSame(ring, this.ring) ? changeOf(this.state, state) : allOf(this.state, state);
    const added = come.flatMap((index) => placeIndex(index, ring));
    for (const index of gone) this.forget(index);
    for (const placed of added) {
      this.placed.set(nameOf(placed), placed);
      this.touched.add(nameOf(placed));
    }
    this.state = state;
    this.ring = ring;
  }

  /** Names of the replicas whose place has changed since this was last called, or that have none any more. */
  takeTouched(): ReadonlySet<string> {
    const { touched } = this;
    this.touched = new Set();
    return touched;
  }

  private forget({ id, shards }: IndexDefinition): void {
    for (let shard = 0; shard < shards; shard++) {
      const name = replicaName(id, shard);
      this.placed.delete(name);
      this.touched.add(name);
    }
  }
}

/** Definitions that hold no more, and those that do now. */
interface Change {
  readonly gone: readonly IndexDefinition[];
  readonly come: readonly IndexDefinition[];
}

function changeOf(before: CatalogState, after: CatalogState): Change {
  const differences = after.indexes.differences(before.indexes);
  const isThere = (index: IndexDefinition | undefined): index is IndexDefinition => index !== undefined;
  return {
    gone: differences.map((one) => one.before).filter(isThere),
    come: differences.map((one) => one.after).filter(isThere),
  };
}

/** Another ring moves everything. */
function allOf(before: CatalogState, after: CatalogState): Change {
  return { gone: [...before.indexes.values()], come: [...after.indexes.values()] };
}

function isSame(a: Ring, b: Ring): boolean {
  if (a.leaves.length !== b.leaves.length) return false;
  return a.leaves.every((leaf, i) => leaf === b.leaves[i] && a.zones.get(leaf) === b.zones.get(leaf));
}

function placeIndex(definition: IndexDefinition, { leaves, zones }: Ring): PlacedShard[] {
  const { id, kind, shards, replicas, restored } = definition;
  const fields = indexKinds[kind].keptFields(definition);
  const index = { kind, shards };
  const from = restored === undefined ? {} : { restored };
  const owners = placeShards({ leaves, zones, indexId: id, shards, replicas });
  return owners.map((names, shard) => ({ indexId: id, shard, index, fields, owners: names, ...from }));
}

function nameOf({ indexId, shard }: PlacedShard): string {
  return replicaName(indexId, shard);
}
