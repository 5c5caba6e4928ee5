/**
 * Asks queries in an open loop: when each is sent is drawn beforehand and waits for no answer, and its latency counts
 * from then. A service that stalls is asked all the same, and the queries it held up show how long they would have
 * waited: no coordinated omission (Tene, "How NOT to Measure Latency", 2015). Touches the world: timers and sockets.
 */
import { build, type Histogram } from 'hdr-histogram-js';
import { Pool } from 'undici';
import type { Clock } from '../../shared/clock/clock.ts';
import type { Random } from '../../shared/random/random.ts';

export type OutcomeKind = 'complete' | 'incomplete' | 'refused' | 'failed';

export interface Outcome {
  readonly kind: OutcomeKind;
  /** Of the queries, from 0. */
  readonly at: number;
  /** Milliseconds from when the query should have been sent until the whole answer was read. */
  readonly latencyMs: number;
  readonly status: number;
  readonly text: string;
}

export interface OpenLoopOptions {
  readonly url: string;
  readonly path: string;
  /** The body of each query. */
  readonly bodyOf: (at: number) => string;
  readonly queries: number;
  /** Queries a second on average, with exponential gaps (a Poisson process). */
  readonly rate: number;
  readonly random: Random;
  readonly clock: Clock;
  /** Told as a query leaves. */
  readonly onSend?: (at: number, intendedAt: number) => void;
  readonly onOutcome?: (outcome: Outcome) => void;
}

export interface OpenLoopResult {
  readonly counts: Readonly<Record<OutcomeKind, number>>;
  /** Microseconds, of the answers that were complete or incomplete. */
  readonly latencies: Histogram;
  /** Microseconds, of refusals. */
  readonly refusals: Histogram;
  /** Microseconds by which queries left late: what the generator itself adds. */
  readonly sending: Histogram;
  readonly elapsedMs: number;
  /** The text of the first answer of a kind nobody wants. */
  readonly firstFailure: string | undefined;
}

/** Significant decimal digits of the recorded values. */
const digits = 3;

export function createHistogram(): Histogram {
  return build({ numberOfSignificantValueDigits: digits, highestTrackableValue: 600_000_000, bitBucketSize: 32 });
}

/** Resolves when the last answer is there. */
export async function runOpenLoop(options: OpenLoopOptions): Promise<OpenLoopResult> {
  const { url, path, bodyOf, queries, clock } = options;
  const pool = new Pool(url, { connections: null, headersTimeout: 0, bodyTimeout: 0 });
  const [latencies, refusals, sending] = [createHistogram(), createHistogram(), createHistogram()];
  const counts = { complete: 0, incomplete: 0, refused: 0, failed: 0 };
  let firstFailure: string | undefined;
  const headers = { 'content-type': 'application/json' };

  const ask = async (at: number, intendedAt: number): Promise<void> => {
    sending.recordValue(micros(clock.now() - intendedAt));
    options.onSend?.(at, intendedAt);
    const answer = await pool
      .request({ method: 'POST', path, body: bodyOf(at), headers })
      .then(async ({ statusCode, body }) => ({ status: statusCode, text: await body.text() }))
      .catch((error: unknown) => ({ status: 0, text: String(error) }));
    const latencyMs = clock.now() - intendedAt;
    const kind = kindOf(answer);
    counts[kind]++;
    if (kind === 'refused') refusals.recordValue(micros(latencyMs));
    else latencies.recordValue(micros(latencyMs));
    if (kind === 'failed') firstFailure ??= `${answer.status} ${answer.text}`;
    options.onOutcome?.({ kind, at, latencyMs, ...answer });
  };

  const startedAt = clock.now();
  await sendAll(options, queries, ask);
  const elapsedMs = clock.now() - startedAt;
  await pool.destroy();
  return { counts, latencies, refusals, sending, elapsedMs, firstFailure };
}

/** Sends each query when its time has come: all that are due at each tick of a timer. */
function sendAll(
  { clock, random, rate }: Pick<OpenLoopOptions, 'clock' | 'random' | 'rate'>,
  queries: number,
  ask: (at: number, intendedAt: number) => Promise<void>,
): Promise<void> {
  const gapMs = (): number => (-Math.log(1 - random.next()) * 1000) / rate;
  return new Promise((resolve) => {
    let intendedAt = clock.now() + gapMs();
    let next = 0;
    let open = 0;
    const ended = (): void => {
      if (--open === 0 && next === queries) resolve();
    };
    const tick = (): void => {
      const now = clock.now();
      for (; next < queries && intendedAt <= now; intendedAt += gapMs()) {
        open++;
        void ask(next++, intendedAt).then(ended);
      }
      if (next < queries) setTimeout(tick, Math.max(0, intendedAt - clock.now()));
    };
    tick();
  });
}

function kindOf({ status, text }: { readonly status: number; readonly text: string }): OutcomeKind {
  if (status === 429) return 'refused';
  if (status !== 200) return 'failed';
  return text.includes('"complete":true') ? 'complete' : 'incomplete';
}

function micros(ms: number): number {
  return Math.max(0, Math.round(ms * 1000));
}
