/** What a root tells Prometheus of the cluster as it sees it; looked at when it is asked for. */
import { Gauge, type Registry } from '@prometheus-io/client';
import { shortfall } from '../catalog/shortfall.ts';
import { lagsOf } from '../sources/source-lags.ts';
import type { PeerState } from '../membership/leaf-peer.ts';
import type { RootServices } from './services.ts';

type Seen = Pick<RootServices, 'membership' | 'trims' | 'isLogConnected' | 'heads' | 'lags' | 'clock'> & {
  readonly catalog: { readonly state: Pick<RootServices['catalog']['state'], 'indexes' | 'sources'> };
  readonly sources: Pick<RootServices['sources'], 'book' | 'runner'>;
};

const states: readonly PeerState[] = ['up', 'suspect', 'down', 'refused'];

export function observeCluster(registry: Registry, seen: Seen): void {
  const { membership, catalog, isLogConnected, heads, lags, clock, sources, trims } = seen;
  const logConnected = new Gauge({
    name: 'sheaf_root_log_connected',
    help: '1 while this root is connected to the log, without which nothing can be written; else 0.',
    registers: [],
    collect() {
      this.set(isLogConnected() ? 1 : 0);
    },
  });
  const leaves = new Gauge({
    name: 'sheaf_root_leaves',
    help: 'Leaves that discovery knows, by state: up, suspect (silent for a moment), down, refused.',
    labelNames: ['state'] as const,
    registers: [],
    collect() {
      const all = membership.statuses();
      for (const state of states) this.set({ state }, all.filter((leaf) => leaf.state === state).length);
    },
  });
  const replicasMissing = new Gauge({
    name: 'sheaf_root_replicas_missing',
    help: 'Replicas of all indexes that do not answer: not_ready (there is a leaf, and it is filling), no_leaf (there are too few leaves).',
    labelNames: ['reason'] as const,
    registers: [],
    collect() {
      // Looked at once for all indexes.
      const statuses = membership.statuses();
      const looked = { placedCount: membership.placedCount, statuses: () => statuses };
      const missing = Array.from(catalog.state.indexes.values(), (index) => shortfall(index, looked));
      this.set(
        { reason: 'not_ready' },
        missing.reduce((sum, { notReady }) => sum + notReady, 0),
      );
      this.set(
        { reason: 'no_leaf' },
        missing.reduce((sum, { noLeaf }) => sum + noLeaf, 0),
      );
    },
  });
  const replicaLagEntries = new Gauge({
    name: 'sheaf_root_replica_lag_entries',
    help: 'Log offsets that the replica furthest behind lacks, of all that answer.',
    registers: [],
    collect() {
      this.set(lags.worst().behind);
    },
  });
  const replicaLagSeconds = new Gauge({
    name: 'sheaf_root_replica_lag_seconds',
    help: 'For how long this root has known of the oldest entry that some replica which answers lacks.',
    registers: [],
    collect() {
      this.set(Math.max(0, clock.now() - lags.worst().since) / 1000);
    },
  });
  const headsAge = new Gauge({
    name: 'sheaf_root_log_heads_age_seconds',
    help: 'Age of what this root knows of how far the log has come; -1 before it knows anything.',
    registers: [],
    collect() {
      const age = heads.asOfMs(clock.now());
      this.set(age === null ? -1 : age / 1000);
    },
  });
  const untrimmed = new Gauge({
    name: 'sheaf_root_partitions_untrimmed',
    help: 'Partitions of which the log could not let go of what it may, by the last try of this root.',
    registers: [],
    collect() {
      this.set(trims.faults().length);
    },
  });
  const sourceLag = new Gauge({
    name: 'sheaf_root_source_lag',
    help: 'Offsets of a partition of a topic that are not read yet, of those that this root reads.',
    labelNames: ['source', 'partition'] as const,
    registers: [],
    collect() {
      this.reset();
      for (const { source, partition, lag } of lagsOf(sources, catalog.state.sources.values())) {
        this.set({ source, partition: String(partition) }, lag);
      }
    },
  });
  const gauges = [
    sourceLag,
    untrimmed,
    logConnected,
    leaves,
    replicasMissing,
    replicaLagEntries,
    replicaLagSeconds,
    headsAge,
  ];
  for (const gauge of gauges) registry.registerMetric(gauge);
}
