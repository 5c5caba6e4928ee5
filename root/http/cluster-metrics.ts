/** What a root tells Prometheus of the cluster as it sees it; looked at when it is asked for. */
import { Gauge, type Registry } from '@prometheus-io/client';
import { shortfall } from '../catalog/shortfall.ts';
import type { PeerState } from '../membership/leaf-peer.ts';
import type { RootServices } from './services.ts';

type Seen = Pick<RootServices, 'membership' | 'isLogConnected'> & {
  readonly catalog: { readonly state: Pick<RootServices['catalog']['state'], 'indexes'> };
};

const states: readonly PeerState[] = ['up', 'suspect', 'down', 'refused'];

export function observeCluster(registry: Registry, { membership, catalog, isLogConnected }: Seen): void {
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
      const seen = membership.statuses();
      for (const state of states) this.set({ state }, seen.filter((leaf) => leaf.state === state).length);
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
      const seen = { placedCount: membership.placedCount, statuses: () => statuses };
      const missing = Array.from(catalog.state.indexes.values(), (index) => shortfall(index, seen));
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
  for (const gauge of [logConnected, leaves, replicasMissing]) registry.registerMetric(gauge);
}
