/** What the routes work with: the parts of one root, put together by compose.ts. */
import type { Logger } from 'pino';
import type { RootConfig } from '../../shared/config/read.ts';
import type { SheafError } from '../../shared/errors.ts';
import type { Leases } from '../../shared/lease/leases.ts';
import type { Log } from '../../shared/log/log.ts';
import type { CatalogCopy } from '../catalog/catalog-copy.ts';
import type { ReplicaLags } from '../freshness/replica-lags.ts';
import type { WriteGate } from '../freshness/write-gate.ts';
import type { JobControl } from '../jobs/control-jobs.ts';
import type { RootKinds } from '../kinds/root-kind.ts';
import type { Membership } from '../membership/membership.ts';
import type { LoopWatch } from '../plan/loop-watch.ts';
import type { NewShards } from '../plan/new-shards.ts';
import type { RoundDependencies } from '../plan/round.ts';
import type { RestoreWorld } from '../restore/restore-index.ts';
import type { RolloverRunner } from '../rollover/rollover-runner.ts';
import type { IncrementLane } from '../route/increment-lane.ts';
import type { OrdinalGuard } from '../route/ordinal-guard.ts';
import type { WriteJobs } from '../route/write-jobs.ts';
import type { SnapshotDesk } from '../snapshots/snapshot-desk.ts';
import type { SourceControl } from '../sources/control-sources.ts';
import type { TrimKeeper } from '../trim/trim-keeper.ts';
import type { Tracer } from '../../shared/telemetry/tracer.ts';
import type { RootMetrics } from './metrics.ts';

export interface RootServices extends RoundDependencies {
  readonly config: RootConfig;
  readonly kinds: RootKinds;
  readonly telemetry: Logger;
  readonly catalog: CatalogCopy;
  readonly log: Log;
  /** For what one process does for all of them. */
  readonly leases: Leases;
  readonly jobs: JobControl;
  readonly restoring: RestoreWorld;
  /** Null where there is no object storage. */
  readonly snapshots: SnapshotDesk | null;
  readonly sources: SourceControl;
  readonly trims: Pick<TrimKeeper, 'faults'>;
  readonly rollovers: Pick<RolloverRunner, 'problemOf'>;
  readonly membership: Membership;
  readonly writeJobs: WriteJobs;
  readonly incrementLane: IncrementLane;
  /** Milliseconds since 1970. */
  readonly timeOfDay: () => number;
  /** The same, which does not jump while the process runs: what ages are counted by. */
  readonly userTime: () => number;
  readonly lags: ReplicaLags;
  readonly writeGate: WriteGate;
  readonly ordinals: OrdinalGuard;
  readonly newShards: NewShards;
  readonly loop: Pick<LoopWatch, 'behindMs'>;
  readonly metrics: RootMetrics;
  /** Null where searches are not traced. */
  readonly tracer: Tracer | null;
  /** Whether this root takes requests: see readiness.ts. */
  readonly isReady: () => boolean;
  /** Whether it was asked to end, and answers only those who do not know yet. */
  readonly isLeaving: () => boolean;
  readonly isLogConnected: () => boolean;
  /** Why the log is not used though something answers in its place: SECRET_WRONG, or null. */
  readonly logProblem: () => SheafError | null;
}
