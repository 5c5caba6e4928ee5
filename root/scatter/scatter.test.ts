import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ErrorCode } from '../../shared/errors.ts';
import { createRandom } from '../../shared/random/random.ts';
import { createScatter, step, type ScatterEffect, type ScatterEvent, type ScatterState } from './scatter.ts';

const deadline = 1000;

/** `0:a,b 1:b` — shard 0 may be asked of a, then b; shard 1 of b only. */
function candidatesOf(text: string): Map<number, string[]> {
  return new Map(
    text.split(' ').map((each) => {
      const [shard, leaves = ''] = each.split(':');
      return [Number(shard), leaves === '' ? [] : leaves.split(',')];
    }),
  );
}

/** An effect in a few characters: `send0 a 0,1`, `take0`, `cancel0 a`, `finish 0 | 1 LEAF_TIMEOUT`. */
function show(effect: ScatterEffect): string {
  switch (effect.kind) {
    case 'send':
      return `send${effect.attempt} ${effect.leaf} ${effect.shards.join(',')}`;
    case 'take':
      return `take${effect.attempt}`;
    case 'cancel':
      return `cancel${effect.attempt} ${effect.leaf}`;
    case 'finish':
      return `finish ${effect.answered.join(',')} | ${effect.failures.map(({ shard, code }) => `${shard} ${code}`).join(', ')}`;
  }
}

const start: ScatterEvent = { kind: 'start' };
const end: ScatterEvent = { kind: 'deadline' };
const answered = (attempt: number, shards: number[], failed: [number, ErrorCode][] = []): ScatterEvent => ({
  kind: 'answered',
  attempt,
  shards,
  failures: failed.map(([shard, code]) => ({ shard, code })),
});
const failed = (attempt: number, code: ErrorCode): ScatterEvent => ({ kind: 'failed', attempt, code });

// Each row: who may be asked, the events at their times, all effects in order.
const rows: [name: string, candidates: string, events: [number, ScatterEvent][], expected: string[]][] = [
  [
    'one leaf, all well',
    '0:a 1:a',
    [
      [0, start],
      [5, answered(0, [0, 1])],
    ],
    ['send0 a 0,1', 'take0', 'finish 0,1 | '],
  ],
  [
    'two leaves, one task each',
    '0:a 1:b 2:a',
    [
      [0, start],
      [5, answered(1, [1])],
      [6, answered(0, [0, 2])],
    ],
    ['send0 a 0,2', 'send1 b 1', 'take1', 'take0', 'finish 0,1,2 | '],
  ],
  [
    'a shard nobody has',
    '0:a 1:',
    [
      [0, start],
      [5, answered(0, [0])],
    ],
    ['send0 a 0', 'take0', 'finish 0 | 1 SHARD_UNASSIGNED'],
  ],
  ['nobody has anything', '0: 1:', [[0, start]], ['finish  | 0 SHARD_UNASSIGNED, 1 SHARD_UNASSIGNED']],
  [
    'an unreachable leaf is replaced',
    '0:a,b 1:a,c',
    [
      [0, start],
      [3, failed(0, 'LEAF_UNREACHABLE')],
      [5, answered(1, [0])],
      [6, answered(2, [1])],
    ],
    ['send0 a 0,1', 'send1 b 0', 'send2 c 1', 'take1', 'take2', 'finish 0,1 | '],
  ],
  [
    'an unreachable leaf without a replacement fails',
    '0:a 1:b',
    [
      [0, start],
      [3, failed(0, 'LEAF_UNREACHABLE')],
      [5, answered(1, [1])],
    ],
    ['send0 a 0', 'send1 b 1', 'take1', 'finish 1 | 0 LEAF_UNREACHABLE'],
  ],
  [
    'one shard of a partial is asked elsewhere, the partial counts',
    '0:a,b 1:a,b',
    [
      [0, start],
      [3, answered(0, [1], [[0, 'SHARD_NOT_HERE']])],
      [5, answered(1, [0])],
    ],
    ['send0 a 0,1', 'take0', 'send1 b 0', 'take1', 'finish 0,1 | '],
  ],
  [
    'what no other replica can cure is not retried',
    '0:a,b',
    [
      [0, start],
      [3, failed(0, 'AGGREGATION_TOO_MANY_BUCKETS')],
    ],
    ['send0 a 0', 'finish  | 0 AGGREGATION_TOO_MANY_BUCKETS'],
  ],
  [
    'nothing is retried after the deadline',
    '0:a,b',
    [
      [0, start],
      [1000, failed(0, 'LEAF_UNREACHABLE')],
    ],
    ['send0 a 0', 'finish  | 0 LEAF_UNREACHABLE'],
  ],
  [
    'the deadline cancels and tells',
    '0:a 1:b',
    [
      [0, start],
      [5, answered(1, [1])],
      [1000, end],
    ],
    ['send0 a 0', 'send1 b 1', 'take1', 'cancel0 a', 'finish 1 | 0 LEAF_TIMEOUT'],
  ],
  [
    'an answer after the deadline is not taken',
    '0:a',
    [
      [0, start],
      [1000, end],
      [1001, answered(0, [0])],
    ],
    ['send0 a 0', 'cancel0 a', 'finish  | 0 LEAF_TIMEOUT'],
  ],
  [
    'the same attempt answering twice counts once',
    '0:a 1:b',
    [
      [0, start],
      [5, answered(0, [0])],
      [6, answered(0, [0])],
      [7, answered(1, [1])],
    ],
    ['send0 a 0', 'send1 b 1', 'take0', 'take1', 'finish 0,1 | '],
  ],
  [
    'a partial for a shard that was not asked is refused whole',
    '0:a,b',
    [
      [0, start],
      [5, answered(0, [0, 1])],
      [7, answered(1, [0])],
    ],
    ['send0 a 0', 'send1 b 0', 'take1', 'finish 0 | '],
  ],
  [
    'a partial that leaves out a shard is refused whole',
    '0:a 1:a',
    [
      [0, start],
      [5, answered(0, [0])],
    ],
    ['send0 a 0,1', 'finish  | 0 LEAF_UNREACHABLE, 1 LEAF_UNREACHABLE'],
  ],
];

for (const [name, candidates, events, expected] of rows) {
  test(`step: ${name}`, () => {
    const state = createScatter(candidatesOf(candidates), deadline);
    const effects = events.flatMap(([now, event]) => step(state, event, now));
    assert.deepEqual(effects.map(show), expected);
  });
}

test('step: random leaves, faults and times keep the invariants', (t) => {
  const seed = 20261121;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let run = 0; run < 2000; run++) {
    const leaves = ['a', 'b', 'c', 'd'].slice(0, random.integer(1, 4));
    const candidates = new Map<number, string[]>();
    for (let shard = 0; shard < random.integer(0, 8); shard++) {
      candidates.set(shard, random.shuffle(leaves).slice(0, random.integer(0, leaves.length)));
    }
    checkRun(createScatter(candidates, deadline), candidates, random);
  }
});

/** Plays one scatter against random leaves and checks every invariant of the file's head. */
function checkRun(
  state: ScatterState,
  candidates: Map<number, string[]>,
  random: ReturnType<typeof createRandom>,
): void {
  const open = new Map<number, number[]>();
  const asked = new Set<string>();
  const taken = new Set<number>();
  let finish: (ScatterEffect & { kind: 'finish' }) | undefined;
  let now = 0;
  const apply = (event: ScatterEvent): void => {
    for (const effect of step(state, event, now)) {
      assert.equal(finish, undefined, 'an effect after finish');
      if (effect.kind === 'finish') finish = effect;
      if (effect.kind === 'cancel') open.delete(effect.attempt);
      if (effect.kind === 'take') {
        assert.equal(event.kind, 'answered');
        for (const shard of event.kind === 'answered' ? event.shards : []) {
          assert.ok(!taken.has(shard), 'a shard taken twice');
          taken.add(shard);
        }
      }
      if (effect.kind !== 'send') continue;
      assert.ok(now < deadline, 'sent after the deadline');
      open.set(effect.attempt, [...effect.shards]);
      for (const shard of effect.shards) {
        assert.ok(candidates.get(shard)!.includes(effect.leaf), 'asked of a leaf without the shard');
        assert.ok(!asked.has(`${shard} ${effect.leaf}`), 'asked twice');
        asked.add(`${shard} ${effect.leaf}`);
      }
    }
  };
  apply(start);
  const isOver = (): boolean => finish !== undefined;
  while (!isOver()) {
    now += random.integer(1, 400);
    const attempt = random.pick([...open.keys()]);
    const shards = open.get(attempt)!;
    const code = random.pick(['LEAF_UNREACHABLE', 'NOT_CAUGHT_UP', 'INTERNAL'] as const);
    if (now >= deadline && random.next() < 0.7) apply(end);
    else if (random.next() < 0.3) {
      open.delete(attempt);
      apply(failed(attempt, code));
    } else {
      open.delete(attempt);
      const bad = shards.filter(() => random.next() < 0.3);
      apply(
        answered(
          attempt,
          shards.filter((shard) => !bad.includes(shard)),
          bad.map((shard) => [shard, code]),
        ),
      );
    }
  }
  assert.deepEqual(new Set(finish!.answered), taken);
  const ended = [...finish!.answered, ...finish!.failures.map(({ shard }) => shard)].sort((a, b) => a - b);
  assert.deepEqual(ended, [...candidates.keys()], 'asked = answered + failed');
}
