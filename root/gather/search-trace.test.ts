import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SpanAttributes, Tracer } from '../../shared/telemetry/tracer.ts';
import type { AttemptEvent } from '../scatter/observe.ts';
import { SearchTrace } from './search-trace.ts';

/** Spans as lines `name < parent from–to attributes`, in the order of their ends. */
function recorder(isRecorded = true): { readonly tracer: Tracer; readonly lines: string[] } {
  const lines: string[] = [];
  let count = 0;
  const begin: Tracer['begin'] = (name, { parent, at, attributes }) => {
    if (!isRecorded) return null;
    const own = `${name}#${count++}`;
    const all: Record<string, SpanAttributes[string]> = { ...attributes };
    return {
      traceparent: own,
      set: (more) => void Object.assign(all, more),
      event: (what, when) => void (all[what] = when),
      end: (end, error) => {
        const shown = ['sheaf.outcome', 'received', 'sheaf.complete', 'sheaf.end', 'error.type'].flatMap((key) => {
          return all[key] === undefined ? [] : [`${key}=${all[key].toString()}`];
        });
        lines.push(
          [own, '<', parent ?? '-', `${at}-${end}`, ...shown, ...(error === undefined ? [] : ['!'])].join(' '),
        );
      },
    };
  };
  return { tracer: { begin }, lines };
}

const sent = (attempt: number, at: number): AttemptEvent => ({
  kind: 'sent',
  attempt,
  at,
  shards: [attempt],
  reason: 'first',
  leaf: { name: 'a', inFlight: 0, latencyMs: 1, inFlightMax: 9, condition: 'good' },
});
const received = (attempt: number, at: number): AttemptEvent => {
  return { kind: 'received', attempt, at, bytes: 5, timing: { queuedUs: 1, executedUs: 2 }, failed: [] };
};

test('SearchTrace: rounds are in the search, attempts in rounds, and each ends once', () => {
  const { tracer, lines } = recorder();
  const trace = SearchTrace.begin(tracer, { index: 'x', traceparent: 'caller', at: 1 })!;
  const first = trace.beginRound('statistics', 2);
  for (const event of [sent(0, 3), received(0, 4), { kind: 'taken', attempt: 0, at: 5 } as const]) first.observe(event);
  const second = trace.beginRound('search', 6);
  for (const event of [sent(0, 7), sent(1, 8), sent(2, 9)]) second.observe(event);
  assert.equal(second.traceparentOf(1), 'sheaf.attempt#5');
  second.observe({ kind: 'cancelled', attempt: 0, at: 10, why: 'late' });
  second.observe({ kind: 'failed', attempt: 1, at: 11, code: 'LEAF_BUSY' });
  second.observe(received(2, 12));
  trace.merged(13, 14);
  const shards = { asked: 2, answered: 1, failed: 1 };
  const freshness = { behind: null, oldestUnseenMs: null, asOfMs: null };
  trace.answered({ ratio: 0.5, shards, documents: { asked: 2, answered: 1 }, failures: [], freshness }, 15);
  assert.deepEqual(lines, [
    'sheaf.attempt#2 < sheaf.round statistics#1 3-5 sheaf.outcome=taken received=4',
    'sheaf.round statistics#1 < sheaf.search#0 2-6',
    'sheaf.attempt#4 < sheaf.round search#3 7-10 sheaf.outcome=late',
    'sheaf.attempt#5 < sheaf.round search#3 8-11 sheaf.outcome=LEAF_BUSY !',
    'sheaf.attempt#6 < sheaf.round search#3 9-13 sheaf.outcome=lost received=12',
    'sheaf.round search#3 < sheaf.search#0 6-13',
    'sheaf.merge#7 < sheaf.search#0 13-14',
    'sheaf.search#0 < caller 1-15 sheaf.complete=false',
  ]);
});

test('SearchTrace: a search that fails ends its round and what is open in it', () => {
  const { tracer, lines } = recorder();
  const trace = SearchTrace.begin(tracer, { index: 'x', traceparent: ['two', 'headers'], at: 1 })!;
  trace.beginRound('search', 2).observe(sent(0, 3));
  trace.failed('COVERAGE_TOO_LOW', 9);
  assert.deepEqual(lines, [
    'sheaf.attempt#2 < sheaf.round search#1 3-9 sheaf.outcome=lost',
    'sheaf.round search#1 < sheaf.search#0 2-9',
    'sheaf.search#0 < - 1-9 error.type=COVERAGE_TOO_LOW !',
  ]);
});

test('SearchTrace: a caller that leaves is no error', () => {
  const { tracer, lines } = recorder();
  const trace = SearchTrace.begin(tracer, { index: 'x', traceparent: undefined, at: 1 })!;
  trace.beginRound('search', 2).observe(sent(0, 3));
  trace.cancelled(9);
  assert.equal(lines.at(-1), 'sheaf.search#0 < - 1-9 sheaf.end=cancelled');
});

test('SearchTrace: what is not recorded is not traced', () => {
  assert.equal(SearchTrace.begin(recorder(false).tracer, { index: 'x', traceparent: undefined, at: 1 }), null);
});

test('SearchTrace: a round that ended with the merge does not end again with what fails after it', () => {
  const { tracer, lines } = recorder();
  const trace = SearchTrace.begin(tracer, { index: 'x', traceparent: undefined, at: 1 })!;
  trace.beginRound('search', 2);
  trace.merged(3, 4);
  trace.failed('INTERNAL', 5);
  assert.deepEqual(lines, [
    'sheaf.round search#1 < sheaf.search#0 2-3',
    'sheaf.merge#2 < sheaf.search#0 3-4',
    'sheaf.search#0 < - 1-5 error.type=INTERNAL !',
  ]);
});

test('SearchTrace: an attempt says whom it asked and why, and its answer what came when; times of leaves are microseconds', () => {
  const told: [string, SpanAttributes][] = [];
  const tracer: Tracer = {
    begin: (name, { attributes }) => {
      told.push([name, attributes]);
      return {
        traceparent: name,
        set: () => undefined,
        event: (what, _at, attributesOfEvent) => told.push([what, attributesOfEvent]),
        end: () => undefined,
      };
    },
  };
  const trace = SearchTrace.begin(tracer, { index: 'x', traceparent: undefined, at: 1 })!;
  const { observe } = trace.beginRound('search', 2);
  const leaf = { name: 'a', inFlight: 3, latencyMs: 1.2345, inFlightMax: 9, condition: 'good' } as const;
  observe({ kind: 'sent', attempt: 0, at: 3, shards: [4, 5], reason: 'hedge', leaf });
  const answer = { kind: 'received', attempt: 0, at: 4, bytes: 77, failed: [5] } as const;
  observe({ ...answer, timing: { queuedUs: 11, executedUs: 22 } });
  observe({ ...answer, timing: undefined });
  const attempt = {
    'sheaf.attempt': 0,
    'sheaf.leaf': 'a',
    'sheaf.shards': [4, 5],
    'sheaf.reason': 'hedge',
    'sheaf.leaf.in_flight': 3,
    'sheaf.leaf.latency_us': 1235,
    'sheaf.leaf.condition': 'good',
  };
  const came = { 'sheaf.bytes': 77, 'sheaf.shards.failed': 1 };
  assert.deepEqual(told.slice(2), [
    ['sheaf.attempt', attempt],
    ['received', { ...came, 'sheaf.queued_us': 11, 'sheaf.executed_us': 22 }],
    ['received', came],
  ]);
});

test('SearchTrace: the part of one index is in the whole, or in nothing where it is not recorded', () => {
  const { tracer, lines } = recorder();
  const trace = SearchTrace.begin(tracer, { index: '2 indexes', traceparent: 'caller', at: 1 })!;
  const part = trace.part('x', 2)!;
  part.beginRound('search', 3);
  part.failed('COVERAGE_TOO_LOW', 4);
  assert.deepEqual(lines, [
    'sheaf.round search#2 < sheaf.index#1 3-4',
    'sheaf.index#1 < sheaf.search#0 2-4 error.type=COVERAGE_TOO_LOW !',
  ]);
  const other = trace.part('y', 5)!;
  other.merged(6, 7);
  other.beginRound('aggregations', 8);
  const shards = { asked: 1, answered: 1, failed: 0 };
  const freshness = { behind: 0, oldestUnseenMs: 0, asOfMs: 0 };
  other.answered({ ratio: 1, shards, documents: { asked: 1, answered: 1 }, failures: [], freshness }, 9);
  assert.deepEqual(lines.slice(3, 4), ['sheaf.round aggregations#5 < sheaf.index#3 8-9'], 'it ends with the answer');
  const whole: Tracer = { begin: (name, start) => (name === 'sheaf.index' ? null : tracer.begin(name, start)) };
  assert.equal(SearchTrace.begin(whole, { index: 'y', traceparent: undefined, at: 1 })!.part('x', 2), null);
});
