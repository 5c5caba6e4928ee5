/**
 * Asks queries in a closed loop: each client sends its next query when the answer of its last is there. So there are
 * never more queries under way than clients, and a slow service is asked less: latencies are those at that
 * concurrency, not those at a given rate of arrival.
 */
import type { Clock } from '../../shared/clock/clock.ts';
import type { BenchClient } from '../service/bench-client.ts';
import type { BenchQuery } from './queries.ts';

export interface LoopOptions {
  /** One for each that asks at the same time. */
  readonly clients: readonly BenchClient[];
  readonly index: string;
  /** Asked once each, in this order, by whichever client is free. */
  readonly queries: readonly BenchQuery[];
  readonly clock: Clock;
  /** Told now and then how many are answered. */
  readonly onProgress?: (answered: number) => void;
}

export interface LoopResult {
  /** Milliseconds from the call until the whole answer was read, in the order of the queries. */
  readonly latenciesMs: Float64Array;
  /** From the first query sent to the last answer. */
  readonly elapsedMs: number;
}

/** @throws Error when an answer is an error or not complete: only whole answers are compared */
export async function runClosedLoop(options: LoopOptions): Promise<LoopResult> {
  const { clients, index, queries, clock, onProgress } = options;
  const latenciesMs = new Float64Array(queries.length);
  const path = `/v1/indexes/${index}/search`;
  let next = 0;
  const ask = async (client: BenchClient): Promise<void> => {
    while (next < queries.length) {
      const at = next++;
      const sentAt = clock.now();
      const answer = await client.ask('POST', path, queries[at]!.body);
      latenciesMs[at] = clock.now() - sentAt;
      if (!answer.includes('"complete":true')) throw new Error(`an answer is not complete: ${answer.slice(0, 500)}`);
      onProgress?.(at + 1);
    }
  };
  const startedAt = clock.now();
  await Promise.all(clients.map(ask));
  return { latenciesMs, elapsedMs: clock.now() - startedAt };
}
