/** A root without leaves over a log in memory, for tests of its HTTP. It has one index: books, of 2 shards. */
import { pino } from 'pino';
import { systemClock } from '../../shared/clock/clock.ts';
import type { Log } from '../../shared/log/log.ts';
import { MemoryLog } from '../../shared/log/memory.ts';
import { parseIndexBody } from '../../shared/schema/parse.ts';
import { CatalogCopy } from '../catalog/catalog-copy.ts';
import { defineIndex } from '../catalog/define-index.ts';
import { rootKinds } from '../kinds/root-kinds.ts';
import { Membership } from '../membership/membership.ts';
import { findObstacle } from '../ingest.ts';
import { IncrementLane } from '../route/increment-lane.ts';
import { OrdinalGuard } from '../route/ordinal-guard.ts';
import { WriteJobs } from '../route/write-jobs.ts';
import { systemTimers } from '../../shared/clock/timers.ts';
import { Admissions } from '../plan/admissions.ts';
import { HoldHistory } from '../plan/hold-history.ts';
import { MergeReserve } from '../plan/merge-reserve.ts';
import { StatisticsCache } from '../plan/statistics-cache.ts';
import { Defence } from '../scatter/defence.ts';
import { createApp } from './app.ts';
import { createRootMetrics } from './metrics.ts';

const fields = { id: { kind: 'keyword' }, n: { kind: 'integer' }, title: { kind: 'text' } };

export async function startTestRoot(log: Log = new MemoryLog(() => 0)) {
  const telemetry = pino({ level: 'silent' });
  const random = () => 0.5;
  const clock = systemClock;
  const catalog = new CatalogCopy(log);
  const metrics = createRootMetrics();
  const defence = new Defence({ hedging: true, onHedges: metrics.onHedges });
  const { book } = defence;
  const membership = new Membership({ clock, random, book, telemetry, onCatalog: () => undefined });
  const writeJobs = new WriteJobs(log, (error) => {
    throw error;
  });
  const incrementLane = new IncrementLane({
    log,
    catalogOffset: () => catalog.state.offset,
    obstacle: (index) => findObstacle(catalog.state, index),
  });
  const app = await createApp({
    config: {
      host: '127.0.0.1',
      port: 0,
      leaves: { kind: 'static', leaves: [] },
      log: { host: '127.0.0.1', port: 1 },
      timeoutMs: 100,
      timeoutMsMax: 60_000,
      lingerMs: 0,
      coverageMin: 1,
      hedging: 'on',
      spread: 'even',
      bodyBytesMax: 100_000,
      bulkBytesMax: 10_000_000,
      traceShare: 1,
    },
    kinds: rootKinds,
    telemetry,
    clock,
    timers: systemTimers(clock),
    random,
    log,
    catalog,
    membership,
    directory: membership,
    leaves: membership,
    defence,
    mergeReserve: new MergeReserve(),
    statistics: new StatisticsCache(),
    holdHistory: new HoldHistory(),
    admissions: new Admissions(),
    loop: { behindMs: 0 },
    writeJobs,
    incrementLane,
    timeOfDay: Date.now,
    ordinals: new OrdinalGuard(log),
    metrics,
    tracer: null,
    isReady: () => true,
    isLeaving: () => false,
    isLogConnected: () => true,
  });
  const { definition } = await defineIndex(catalog, 'books', parseIndexBody({ shards: 2, schema: { fields } }));
  const close = async (): Promise<void> => {
    await app.close();
    membership.close();
    catalog.close();
    await Promise.all([log.close(), writeJobs.close()]);
  };
  return { app, log, catalog, metrics, index: definition, close };
}

export type TestRoot = Awaited<ReturnType<typeof startTestRoot>>;
