/**
 * What was asked, what answered, what failed and why. Counted over the shards of the plan, not over those that
 * happened to reply.
 */
import { errorTable, SheafError, type ErrorCode } from '../../shared/errors.ts';
import type { TotalRelation } from '../../shared/protocol/tasks/search.ts';
import type { ShardFailure } from '../../shared/protocol/tasks/task.ts';
import type { Freshness } from '../freshness/freshness.ts';
import type { StoppedShard } from '../membership/shard-map.ts';
import { judgeFailure } from '../scatter/judge-failure.ts';

export interface FailureGroup {
  /** Where several were searched. */
  readonly index?: string;
  readonly code: ErrorCode;
  readonly reason: string;
  readonly leaf?: string;
  readonly shards: readonly number[];
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface Coverage {
  /**
   * asked = answered + failed + skipped. What is skipped was told by a replica to have nothing that matches; left out where there are
   * none.
   */
  readonly shards: {
    readonly asked: number;
    readonly answered: number;
    readonly failed: number;
    readonly skipped?: number;
  };
  /**
   * Live documents, those of skipped shards among them. `asked` adds to those that answered the last reported counts of the shards that did not; `null`
   * when a failed shard was never reported.
   */
  readonly documents: { readonly asked: number | null; readonly answered: number };
  /** Share of the shards that answered or were skipped, 0 to 1. */
  readonly ratio: number;
  readonly failures: readonly FailureGroup[];
  /** How far the replicas that answered are behind the log. Shards that failed are not in it. */
  readonly freshness: Freshness;
  /**
   * The shards that did not answer, each in the state that bounds are of: its log offset and live documents as the replica told them that
   * was furthest; `null` where none did. Left out where all answered, and by kinds of index that bound nothing.
   */
  readonly missing?: readonly MissingState[];
  /** Shards that answered without what the log has from this offset on: nobody can read it. Left out where there are none. */
  readonly stopped?: readonly (Pick<StoppedShard, 'shard' | 'offset' | 'code'> & Pick<FailureGroup, 'index'>)[];
}

export interface MissingState extends Pick<FailureGroup, 'index'> {
  readonly shard: number;
  readonly offset: number | null;
  readonly documents: number | null;
}

export interface CoverageInput {
  readonly asked: number;
  readonly answered: readonly number[];
  readonly failures: readonly ShardFailure[];
  /** None where it is left out. */
  readonly skipped?: readonly number[];
  readonly freshness: Freshness;
  /** Live documents of the shards that answered or were skipped. */
  readonly documents: number;
  /** Last reported documents of a shard, or `null`. */
  readonly documentsOf: (shard: number) => number | null;
  /** The state that is known of a shard, or `null`; nothing is told of missing shards where it is left out. */
  readonly stateOf?: (shard: number) => Pick<MissingState, 'offset' | 'documents'> | null;
  /** Of the index; none where it is left out. */
  readonly stops?: readonly StoppedShard[];
}

export function makeCoverage(input: CoverageInput): Coverage {
  const { asked, answered, failures, skipped = [], stops = [] } = input;
  if (asked !== answered.length + failures.length + skipped.length) {
    const counts = `${answered.length} answered, ${failures.length} failed and ${skipped.length} were skipped`;
    throw new Error(`asked ${asked} shards, but ${counts}`);
  }
  let documentsAsked: number | null = input.documents;
  for (const { shard } of failures) {
    const documents = input.documentsOf(shard);
    documentsAsked = documents === null || documentsAsked === null ? null : documentsAsked + documents;
  }
  return {
    shards: {
      asked,
      answered: answered.length,
      failed: failures.length,
      ...(skipped.length === 0 ? {} : { skipped: skipped.length }),
    },
    documents: { asked: documentsAsked, answered: input.documents },
    ratio: (answered.length + skipped.length) / asked,
    failures: groupFailures(failures),
    freshness: input.freshness,
    ...sayMissing(input),
    ...(stops.length === 0 ? {} : sayStops(stops, [...answered, ...skipped])),
  };
}

/** What may be said of a total: documents of shards that did not answer may match too. */
export function relationOf(counted: TotalRelation, { shards }: Pick<Coverage, 'shards'>): TotalRelation {
  return shards.failed > 0 ? 'gte' : counted;
}

function sayMissing({ failures, stateOf }: CoverageInput): Pick<Coverage, 'missing'> {
  if (stateOf === undefined || failures.length === 0) return {};
  const shards = failures.map(({ shard }) => shard).sort((a, b) => a - b);
  const missing = shards.map((shard) => {
    const { offset, documents } = stateOf(shard) ?? { offset: null, documents: null };
    return { shard, offset, documents };
  });
  return { missing };
}

function sayStops(stops: readonly StoppedShard[], answered: readonly number[]): Pick<Coverage, 'stopped'> {
  const stopped = stops.flatMap(({ shard, offset, code }) =>
    answered.includes(shard) ? [{ shard, offset, code }] : [],
  );
  return stopped.length === 0 ? {} : { stopped };
}

/** Failures of the same leaf for the same reason, together. */
function groupFailures(failures: readonly ShardFailure[]): FailureGroup[] {
  const groups = new Map<string, { first: ShardFailure; shards: number[] }>();
  for (const failure of failures) {
    const key = JSON.stringify([failure.code, failure.detail]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: failure, shards: [failure.shard] });
    else group.shards.push(failure.shard);
  }
  return [...groups.values()].map(({ first: { code, detail }, shards }) => {
    const { leaf, ...rest } = detail ?? {};
    return {
      code,
      reason: errorTable[code].message,
      ...(typeof leaf === 'string' ? { leaf } : {}),
      shards,
      ...(Object.keys(rest).length === 0 ? {} : { detail: rest }),
    };
  });
}

/** What leaves found wrong with the request, with the place in it that they tell. */
export function errorOfRequest(
  { code, detail = {} }: Pick<ShardFailure, 'code' | 'detail'>,
  shards: readonly number[],
): SheafError {
  const { at, ...rest } = detail;
  return new SheafError(code, { ...(typeof at === 'string' ? { at } : {}), detail: { ...rest, shards } });
}

/**
 * Refuses an answer that covers too little. A failure that is the request's own fault (it would fail again anywhere)
 * is the error whatever the coverage.
 * @throws SheafError COVERAGE_TOO_LOW with the coverage in its detail, or the request's own error
 */
export function requireCoverage(coverage: Coverage, coverageMin: number): void {
  const own = coverage.failures.find(({ code }) => judgeFailure(code).fault === 'query');
  if (own !== undefined) throw errorOfRequest(own, own.shards);
  if (coverage.ratio >= coverageMin) return;
  // Asking again would meet the same: the caller has to begin anew, or to wait.
  const pins = coverage.failures.filter(({ code }) => code === 'PIN_GONE' || code === 'PINS_TOO_MANY');
  if (pins[0] !== undefined) {
    const { code, detail } = pins[0];
    const shards = pins.flatMap((group) => group.shards).sort((a, b) => a - b);
    throw new SheafError(code, { detail: { ...detail, shards } });
  }
  throw new SheafError('COVERAGE_TOO_LOW', { detail: { coverageMin, coverage } });
}
