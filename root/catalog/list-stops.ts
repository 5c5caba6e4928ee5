/** Which partitions of the log cannot be read on, as the cluster page tells it. Pure. */
import type { CatalogState } from '../../shared/catalog/catalog.ts';
import { errorTable } from '../../shared/errors.ts';
import { partitionOf } from '../../shared/index-kinds/partitions.ts';
import { catalogPartition } from '../../shared/log/log.ts';
import type { StopReport } from '../../shared/protocol/reports.ts';
import type { LeafStatus } from '../membership/membership.ts';

export interface ListedStop extends StopReport {
  readonly partition: string;
  readonly fix: string;
  /** Names of leaves, or `root` for the one that answers, sorted. */
  readonly by: readonly string[];
}

interface Stopped {
  readonly partition: string;
  readonly by: string;
  readonly stop: StopReport;
}

/** @param others where the root that answers stands still in other partitions, by their names */
export function listStops(
  catalog: { readonly state: CatalogState; readonly stopped: StopReport | null },
  leaves: readonly Pick<LeafStatus, 'name' | 'catalogStopped' | 'replicas'>[],
  others: Readonly<Record<string, StopReport | null>> = {},
): ListedStop[] {
  const all: Stopped[] = catalog.stopped === null ? [] : [ofCatalog('root', catalog.stopped)];
  const byId = new Map(Array.from(catalog.state.indexes.values(), (index) => [index.id, index]));
  for (const [partition, stop] of Object.entries(others)) {
    if (stop !== null) all.push({ partition, by: 'root', stop });
  }
  for (const { name, catalogStopped, replicas } of leaves) {
    const by = name ?? '?';
    if (catalogStopped !== null) all.push(ofCatalog(by, catalogStopped));
    for (const { index: id, shard, stopped: stop } of replicas.values()) {
      const index = stop === undefined ? undefined : byId.get(id);
      if (stop !== undefined && index !== undefined) all.push({ partition: partitionOf(index, shard), by, stop });
    }
  }
  const groups = Map.groupBy(all, ({ partition, stop }) => JSON.stringify([partition, stop.offset, stop.code]));
  return [...groups.values()].map((group) => {
    const { partition, stop } = group[0]!;
    const by = [...new Set(group.map((one) => one.by))].sort();
    return { partition, ...stop, fix: wayOut(partition, stop), by };
  });
}

function ofCatalog(by: string, stop: StopReport): Stopped {
  return { partition: catalogPartition, by, stop };
}

function wayOut(partition: string, { offset, code }: StopReport): string {
  if (offset < 0) return errorTable[code].fix;
  const command = `sheaf entry ${partition} ${offset}`;
  return `look at it with ${command}; upgrade what cannot read it, or leave it out with ${command} --skip`;
}
