/**
 * How long to wait on for the rest once enough shards have answered. The more are missing, the longer it is worth to
 * wait; the last one is not waited for long. Every answer brings the end nearer, none moves it away.
 *
 * Source: adaptive coverage of Vespa ("Graceful Query Coverage Degradation"; minimum and maximum wait after coverage as
 * factors of the time left when the minimum was reached). Counted in shards here, in nodes there.
 */
export interface CoverageGoal {
  /** Shards of the plan. */
  readonly asked: number;
  /** Shards that must answer, a share of `asked`, 0 to 1. 1 means that everything is waited for. */
  readonly min: number;
}

/** For the last shard missing. Not Vespa's 0: with it a query would not wait a millisecond for a common straggler. */
const factorMin = 0.1;
/** When as many are missing as may be. */
const factorMax = 1;

export interface AdaptiveWait {
  /** The end of the wait, on the clock. */
  readonly until: number;
  /** Milliseconds that were left when the minimum was reached; undefined before. */
  readonly leftMsAtMin: number | undefined;
}

/** The wait after one more answer. @param answered shards that have answered by now */
export function waitOn(before: AdaptiveWait, goal: CoverageGoal, answered: number, now: number): AdaptiveWait {
  const { asked, min } = goal;
  if (min >= 1 || answered >= asked || answered < Math.ceil(asked * min)) return before;
  const leftMsAtMin = before.leftMsAtMin ?? Math.max(0, before.until - now);
  const pending = asked - answered;
  const mayMiss = (1 - min) * asked - 1;
  const slope = pending > 1 && mayMiss > 0 ? ((factorMax - factorMin) * (pending - 1)) / mayMiss : 0;
  return { until: Math.min(before.until, now + leftMsAtMin * (factorMin + slope)), leftMsAtMin };
}
