/** What the log tells Prometheus. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from '@prometheus-io/client';
import type { OnCommit } from '../sqlite/threads.ts';
import type { LogService } from './service.ts';

export interface LogMetrics {
  readonly registry: Registry;
  readonly onCommit: OnCommit;
  /** Reads the figures of the service at each scrape. */
  observe(service: LogService): void;
}

/** From a fast disk's fsync to a stall. */
const commitSecondsBuckets = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

export function logMetrics(): LogMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const appends = new Counter({
    name: 'sheaf_log_appends_total',
    help: 'Appends answered, repeats included',
    registers,
  });
  const commits = new Histogram({
    name: 'sheaf_log_commit_seconds',
    help: 'Transactions of the writer; the count against the appends shows how well they group',
    buckets: commitSecondsBuckets,
    registers,
  });
  return {
    registry,
    onCommit: ({ appends: count, tookMs }) => {
      appends.inc(count);
      commits.observe(tookMs / 1000);
    },
    observe: (service) => {
      const gauge = (name: string, help: string, read: () => number): void => {
        const made: Gauge = new Gauge({ name, help, registers, collect: (): void => made.set(read()) });
      };
      gauge('sheaf_log_partitions', 'Partitions with at least one entry', () => service.partitionCount);
      gauge('sheaf_log_subscriptions', 'Subscriptions open', () => service.subscriptionCount);
    },
  };
}
