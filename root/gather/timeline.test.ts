import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttemptEvent } from '../scatter/observe.ts';
import { Timeline } from './timeline.ts';

const leaf = { name: 'b', inFlight: 3, latencyMs: 1.5, inFlightMax: Infinity, condition: 'good' } as const;
const sent: AttemptEvent = { kind: 'sent', attempt: 0, at: 11, shards: [1, 2], reason: 'first', leaf };
const timing = { queuedUs: 5, executedUs: 7 };
const received: AttemptEvent = { kind: 'received', attempt: 0, at: 12.5, bytes: 9, timing, failed: [] };

// Each row: what happened to one attempt, its outcome, when it was received and when it ended, in µs from 10 ms on.
const rows: [
  name: string,
  events: AttemptEvent[],
  outcome: string,
  receivedUs: number | null,
  endedUs: number | null,
][] = [
  ['an answer that counts', [sent, received, { kind: 'taken', attempt: 0, at: 13 }], 'taken', 2500, 3000],
  ['one that was not needed', [sent, received], 'lost', 2500, null],
  ['a failure', [sent, { kind: 'failed', attempt: 0, at: 12, code: 'LEAF_BUSY' }], 'LEAF_BUSY', null, 2000],
  ['others were faster', [sent, { kind: 'cancelled', attempt: 0, at: 12, why: 'lost' }], 'lost', null, 2000],
  ['time was over', [sent, { kind: 'cancelled', attempt: 0, at: 12, why: 'late' }], 'late', null, 2000],
  ['what happens to another does not count', [sent, { kind: 'taken', attempt: 1, at: 13 }], 'open', null, null],
];
for (const [name, events, outcome, receivedUs, endedUs] of rows) {
  test(`Timeline: ${name}`, () => {
    const timeline = new Timeline(10);
    const { observe } = timeline.round('search', 10.5);
    for (const event of events) observe(event);
    const { rounds, mergeBeganUs, answeredUs } = timeline.render(14, 14.25);
    assert.deepEqual([mergeBeganUs, answeredUs, rounds[0]!.beganUs], [4000, 4250, 500]);
    const [attempt] = rounds[0]!.attempts;
    assert.deepEqual([attempt!.outcome, attempt!.receivedUs, attempt!.endedUs], [outcome, receivedUs, endedUs]);
    assert.deepEqual([attempt!.sentUs, attempt!.shards, attempt!.reason], [1000, [1, 2], 'first']);
    assert.deepEqual(attempt!.choice, { inFlight: 3, latencyUs: 1500, condition: 'good' });
  });
}
