/** What a root counts of itself, for Prometheus. */
import { collectDefaultMetrics, Counter, Histogram, Registry } from '@prometheus-io/client';
import type { HedgeCounts } from '../scatter/scatter.ts';

const secondsBuckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

const hedgeOutcomes = ['issued', 'won', 'wasted', 'refused'] as const;

export type RootMetrics = ReturnType<typeof createRootMetrics>;

export function createRootMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const hedges = new Counter({
    name: 'sheaf_root_hedges_total',
    help: 'Attempts made because the first was late, by outcome: issued (sent), won (its answer counted), wasted, refused (over budget, not sent).',
    labelNames: ['outcome'] as const,
    registers,
  });
  // A series that begins with its first event has no increase to alert on.
  for (const outcome of hedgeOutcomes) hedges.inc({ outcome }, 0);
  return {
    registry,
    onHedges: (counts: HedgeCounts): void => {
      for (const outcome of hedgeOutcomes) if (counts[outcome] > 0) hedges.inc({ outcome }, counts[outcome]);
    },
    requestSeconds: new Histogram({
      name: 'sheaf_root_request_seconds',
      help: 'Time from the arrival of a request to its answer, by route and status.',
      labelNames: ['route', 'status'] as const,
      buckets: secondsBuckets,
      registers,
    }),
    searches: new Counter({
      name: 'sheaf_root_searches_total',
      help: 'Searches that have ended, by outcome: complete, partial, refused, error, or cancelled by a caller that left.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    shardFailures: new Counter({
      name: 'sheaf_root_shard_failures_total',
      help: 'Shards that failed inside searches, by code.',
      labelNames: ['code'] as const,
      registers,
    }),
    writesHeldBack: new Counter({
      name: 'sheaf_root_writes_held_back_total',
      help: 'Writes answered 429 because the replicas of a shard are too far behind.',
      registers,
    }),
    catalogsStored: new Counter({
      name: 'sheaf_root_catalogs_stored_total',
      help: 'Times that the catalog was brought into object storage.',
      registers,
    }),
    catalogStoresFailed: new Counter({
      name: 'sheaf_root_catalog_stores_failed_total',
      help: 'Tries to bring the catalog into object storage that failed.',
      registers,
    }),
    objectsRemoved: new Counter({
      name: 'sheaf_root_objects_removed_total',
      help: 'Objects removed from object storage because nothing named them any more.',
      registers,
    }),
    sourceMessages: new Counter({
      name: 'sheaf_root_source_messages_total',
      help: 'Messages of sources that this root has written, by what became of them: documents, deletions, deadLetters; and missed, offsets that Kafka had no more, and leftOut, of a topic that was truncated.',
      labelNames: ['source', 'outcome'] as const,
      registers,
    }),
    documentsAccepted: new Counter({
      name: 'sheaf_root_documents_accepted_total',
      help: 'Puts and deletes acknowledged as durable.',
      registers,
    }),
    documentsRejected: new Counter({
      name: 'sheaf_root_documents_rejected_total',
      help: 'Lines rejected, by code.',
      labelNames: ['code'] as const,
      registers,
    }),
  };
}
