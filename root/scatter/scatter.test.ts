import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ErrorCode } from '../../shared/errors.ts';
import { createRandom, type Random } from '../../shared/random/random.ts';
import {
  createScatter,
  step,
  wakeAt,
  type ScatterEffect,
  type ScatterEvent,
  type ScatterOptions,
  type ScatterState,
} from './scatter.ts';

const deadline = 1000;
const unlimited = { earn: () => undefined, take: () => true };
const spent = { earn: () => undefined, take: () => false };

/** Hedges after 100 ms, waits for everything, has all the budget it wants. */
function optionsFor(
  candidates: ReadonlyMap<number, readonly string[]>,
  differs: Partial<ScatterOptions> = {},
): ScatterOptions {
  return {
    candidates,
    deadline,
    hedgeDelayMs: 100,
    coverageMin: 1,
    sharedBy: [],
    hedgeBudget: unlimited,
    retryBudget: unlimited,
    hedgeTargets: (leaves) => leaves,
    ...differs,
  };
}

/** `0:a,b 1:b` — shard 0 may be asked of a, then b; shard 1 of b only. */
function candidatesOf(text: string): Map<number, string[]> {
  if (text === '') return new Map();
  return new Map(
    text.split(' ').map((each) => {
      const [shard, leaves = ''] = each.split(':');
      return [Number(shard), leaves === '' ? [] : leaves.split(',')];
    }),
  );
}

/** An effect in a few characters: `send0 a 0,1`, `hedge1 b 0`, `take0`, `cancel0 late`, `finish 0 | 1 LEAF_TIMEOUT`. */
function show(effect: ScatterEffect): string {
  switch (effect.kind) {
    case 'send':
      return `${effect.reason === 'first' ? 'send' : effect.reason}${effect.attempt} ${effect.leaf} ${effect.shards.join(',')}`;
    case 'take':
      return `take${effect.attempt}`;
    case 'cancel':
      return `cancel${effect.attempt} ${effect.why}`;
    case 'finish':
      return `finish ${effect.answered.join(',')} | ${effect.failures.map(({ shard, code }) => `${shard} ${code}`).join(', ')}`;
  }
}

const start: ScatterEvent = { kind: 'start' };
const time: ScatterEvent = { kind: 'time' };
const answered = (attempt: number, shards: number[], failed: [number, ErrorCode][] = []): ScatterEvent => ({
  kind: 'answered',
  attempt,
  shards,
  failures: failed.map(([shard, code]) => ({ shard, code })),
});
const failed = (attempt: number, code: ErrorCode): ScatterEvent => ({ kind: 'failed', attempt, code });

type Row = [
  name: string,
  candidates: string,
  events: [number, ScatterEvent][],
  expected: string[],
  differs?: Partial<ScatterOptions>,
];

function enoughRows(): Row[] {
  const differs = { enough: { from: 500, share: 0.5 }, hedgeDelayMs: Infinity };
  const all = { ...differs, enough: { from: 500, share: 1 } };
  return [
    [
      'enough has come by then: what is late is left out',
      '0:a 1:b',
      [
        [0, start],
        [5, answered(0, [0])],
        [499, time],
        [500, time],
      ],
      ['send0 a 0', 'send1 b 1', 'take0', 'cancel1 late', 'finish 0 | 1 LEAF_TIMEOUT'],
      differs,
    ],
    [
      'too little by then: it goes on until there is enough',
      '0:a 1:b',
      [
        [0, start],
        [500, time],
        [700, answered(1, [1])],
      ],
      ['send0 a 0', 'send1 b 1', 'take1', 'cancel0 late', 'finish 1 | 0 LEAF_TIMEOUT'],
      differs,
    ],
    [
      'too little by then, and all must answer: a late shard is not out',
      '0:a 1:b',
      [
        [0, start],
        [5, answered(0, [0])],
        [500, time],
        [950, answered(1, [1])],
      ],
      ['send0 a 0', 'send1 b 1', 'take0', 'take1', 'finish 0,1 | '],
      all,
    ],
    [
      'too little by then: what fails is still asked elsewhere',
      '0:a,b',
      [
        [0, start],
        [500, time],
        [600, failed(0, 'LEAF_UNREACHABLE')],
        [700, answered(1, [0])],
      ],
      ['send0 a 0', 'retry1 b 0', 'take1', 'finish 0 | '],
      all,
    ],
    [
      'too little at the deadline: it ends',
      '0:a 1:b',
      [
        [0, start],
        [500, time],
        [999, time],
        [1000, time],
      ],
      ['send0 a 0', 'send1 b 1', 'cancel0 late', 'cancel1 late', 'finish  | 0 LEAF_TIMEOUT, 1 LEAF_TIMEOUT'],
      differs,
    ],
  ];
}

// Each row: who may be asked, the events at their times, all effects in order.
const rows: Row[] = [
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
  ['nothing is asked', '', [[0, start]], ['finish  | ']],
  [
    'it begins at the deadline: nothing is sent, and what nobody has is told apart',
    '0:a 1: 2:b',
    [[deadline, start]],
    ['finish  | 0 LEAF_TIMEOUT, 1 SHARD_UNASSIGNED, 2 LEAF_TIMEOUT'],
  ],
  [
    'it begins at the deadline, among leaves that share: nothing is sent',
    '0:a,b 1:b,a',
    [[deadline, start]],
    ['finish  | 0 LEAF_TIMEOUT, 1 LEAF_TIMEOUT'],
    { sharedBy: ['a', 'b'] },
  ],

  // Enough, where another round is to come: from 500 on half of the shards will do
  ...enoughRows(),

  // Retries
  [
    'an unreachable leaf is replaced',
    '0:a,b 1:a,c',
    [
      [0, start],
      [3, failed(0, 'LEAF_UNREACHABLE')],
      [5, answered(1, [0])],
      [6, answered(2, [1])],
    ],
    ['send0 a 0,1', 'retry1 b 0', 'retry2 c 1', 'take1', 'take2', 'finish 0,1 | '],
  ],
  [
    'by as few as can',
    '0:a,b,c 1:a,c',
    [
      [0, start],
      [3, failed(0, 'LEAF_UNREACHABLE')],
      [5, answered(1, [0, 1])],
    ],
    ['send0 a 0,1', 'retry1 c 0,1', 'take1', 'finish 0,1 | '],
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
    ['send0 a 0,1', 'retry1 b 0', 'take0', 'take1', 'finish 0,1 | '],
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
    'nothing is retried over the budget',
    '0:a,b',
    [
      [0, start],
      [3, failed(0, 'LEAF_UNREACHABLE')],
    ],
    ['send0 a 0', 'finish  | 0 LEAF_UNREACHABLE'],
    { retryBudget: spent },
  ],
  [
    'the last failure is told',
    '0:a,b',
    [
      [0, start],
      [3, failed(0, 'LEAF_UNREACHABLE')],
      [5, failed(1, 'NOT_CAUGHT_UP')],
    ],
    ['send0 a 0', 'retry1 b 0', 'finish  | 0 NOT_CAUGHT_UP'],
  ],

  // The deadline
  [
    'the deadline cancels and tells',
    '0:a 1:b',
    [
      [0, start],
      [5, answered(1, [1])],
      [1000, time],
    ],
    ['send0 a 0', 'send1 b 1', 'take1', 'cancel0 late', 'finish 1 | 0 LEAF_TIMEOUT'],
  ],
  [
    'an answer after the deadline is not taken',
    '0:a',
    [
      [0, start],
      [1000, time],
      [1001, answered(0, [0])],
    ],
    ['send0 a 0', 'cancel0 late', 'finish  | 0 LEAF_TIMEOUT'],
  ],

  // Hedges
  [
    'nothing is late before the delay',
    '0:a,b',
    [
      [0, start],
      [99, time],
    ],
    ['send0 a 0'],
  ],
  [
    'a late attempt is asked elsewhere, and the hedge wins',
    '0:a,b 1:c',
    [
      [0, start],
      [7, answered(1, [1])],
      [100, time],
      [105, answered(2, [0])],
    ],
    ['send0 a 0', 'send1 c 1', 'take1', 'hedge2 b 0', 'take2', 'cancel0 lost', 'finish 0,1 | '],
  ],
  [
    'the first attempt wins after all',
    '0:a,b',
    [
      [0, start],
      [100, time],
      [105, answered(0, [0])],
    ],
    ['send0 a 0', 'hedge1 b 0', 'take0', 'cancel1 lost', 'finish 0 | '],
  ],
  [
    'one replica is never hedged',
    '0:a',
    [
      [0, start],
      [100, time],
    ],
    ['send0 a 0'],
  ],
  [
    'hedged in parts, by as few as can; the parts win together',
    '0:a,b 1:a,b 2:a,c',
    [
      [0, start],
      [100, time],
      [105, answered(1, [0, 1])],
      [106, answered(2, [2])],
    ],
    ['send0 a 0,1,2', 'hedge1 b 0,1', 'hedge2 c 2', 'take1', 'take2', 'cancel0 lost', 'finish 0,1,2 | '],
  ],
  [
    'one part came, then the first attempt: that counts alone',
    '0:a,b 1:a,c',
    [
      [0, start],
      [100, time],
      [105, answered(1, [0])],
      [106, answered(0, [0, 1])],
    ],
    ['send0 a 0,1', 'hedge1 b 0', 'hedge2 c 1', 'take0', 'cancel2 lost', 'finish 0,1 | '],
  ],
  [
    'one part came by the deadline: it counts',
    '0:a,b 1:a,c',
    [
      [0, start],
      [100, time],
      [105, answered(1, [0])],
      [200, time],
      [1000, time],
    ],
    ['send0 a 0,1', 'hedge1 b 0', 'hedge2 c 1', 'take1', 'cancel0 late', 'cancel2 late', 'finish 0 | 1 LEAF_TIMEOUT'],
  ],
  [
    'a second hedge at twice the delay, if there is a third replica',
    '0:a,b,c',
    [
      [0, start],
      [100, time],
      [200, time],
      [300, time],
      [301, answered(2, [0])],
    ],
    ['send0 a 0', 'hedge1 b 0', 'hedge2 c 0', 'take2', 'cancel0 lost', 'cancel1 lost', 'finish 0 | '],
  ],
  [
    'no third hedge',
    '0:a,b,c,d',
    [
      [0, start],
      [100, time],
      [200, time],
      [300, time],
    ],
    ['send0 a 0', 'hedge1 b 0', 'hedge2 c 0'],
  ],
  [
    'a failed hedge leaves the first attempt to answer',
    '0:a,b',
    [
      [0, start],
      [100, time],
      [105, failed(1, 'LEAF_BUSY')],
      [110, answered(0, [0])],
    ],
    ['send0 a 0', 'hedge1 b 0', 'take0', 'finish 0 | '],
  ],
  [
    'a failed attempt whose hedge is on its way is not retried',
    '0:a,b,c',
    [
      [0, start],
      [100, time],
      [105, failed(0, 'LEAF_UNREACHABLE')],
      [110, answered(1, [0])],
    ],
    ['send0 a 0', 'hedge1 b 0', 'take1', 'finish 0 | '],
  ],
  [
    'a bug in one leaf is asked of another',
    '0:a,b',
    [
      [0, start],
      [5, failed(0, 'INTERNAL')],
      [10, answered(1, [0])],
    ],
    ['send0 a 0', 'retry1 b 0', 'take1', 'finish 0 | '],
  ],
  [
    'what every replica would refuse is asked of none of them',
    '0:a,b',
    [
      [0, start],
      [5, failed(0, 'AGGREGATION_TOO_MANY_BUCKETS')],
    ],
    ['send0 a 0', 'finish  | 0 AGGREGATION_TOO_MANY_BUCKETS'],
  ],
  [
    'a failed attempt whose hedge has failed for good is retried',
    '0:a,b,c',
    [
      [0, start],
      [100, time],
      [105, failed(1, 'AGGREGATION_TOO_MANY_BUCKETS')],
      [110, failed(0, 'LEAF_UNREACHABLE')],
      [115, answered(2, [0])],
    ],
    ['send0 a 0', 'hedge1 b 0', 'retry2 c 0', 'take2', 'finish 0 | '],
  ],
  [
    'an answer without one shard, whose hedge is on its way, waits for it',
    '0:a,b 1:a,c',
    [
      [0, start],
      [100, time],
      [105, answered(0, [0], [[1, 'SHARD_NOT_HERE']])],
      [110, answered(2, [1])],
    ],
    ['send0 a 0,1', 'hedge1 b 0', 'hedge2 c 1', 'take0', 'take2', 'cancel1 lost', 'finish 0,1 | '],
  ],
  [
    'answers that overlap and would be whole together: nobody who is silent is waited for',
    '0:a,b 1:a,c 2:a,c',
    [
      [0, start],
      [100, time],
      [150, answered(1, [1, 2])],
      [160, answered(0, [0, 1], [[2, 'SHARD_NOT_HERE']])],
      [170, answered(3, [2])],
    ],
    ['send0 a 0,1,2', 'hedge1 c 1,2', 'hedge2 b 0', 'retry3 c 2', 'take0', 'take3', 'cancel2 lost', 'finish 0,1,2 | '],
  ],
  [
    'answers that overlap and leave a shard out: it is asked once more, alone',
    '0:a,b 1:a,b 2:a,c',
    [
      [0, start],
      [100, time],
      [105, answered(0, [0, 2], [[1, 'SHARD_NOT_HERE']])],
      [106, answered(1, [0, 1])],
      [107, failed(2, 'LEAF_UNREACHABLE')],
      [108, answered(3, [1])],
    ],
    ['send0 a 0,1,2', 'hedge1 b 0,1', 'hedge2 c 2', 'retry3 b 1', 'take0', 'take3', 'finish 0,1,2 | '],
  ],
  [
    'over the budget nothing is hedged',
    '0:a,b',
    [
      [0, start],
      [100, time],
    ],
    ['send0 a 0'],
    { hedgeBudget: spent },
  ],
  [
    'a leaf without room is not hedged to',
    '0:a,b',
    [
      [0, start],
      [100, time],
    ],
    ['send0 a 0'],
    { hedgeTargets: () => [] },
  ],

  // Work that is shared
  [
    'the next lot goes to whoever has answered',
    '0:a,b 1:b,a 2:a,b 3:b,a',
    [
      [0, start],
      [5, answered(0, [0, 2])],
      [6, answered(2, [3])],
      [7, answered(1, [1])],
    ],
    ['send0 a 0,2', 'send1 b 1', 'send2 a 3', 'take0', 'take2', 'take1', 'finish 0,1,2,3 | '],
    { sharedBy: ['a', 'b'] },
  ],
  [
    'a late lot is hedged, and its leaf shares no longer once others have done it',
    '0:a,b 1:b,a 2:a,b',
    [
      [0, start],
      [5, answered(1, [1])],
      [100, time],
      [105, answered(3, [0])],
      [106, answered(2, [2])],
    ],
    ['send0 a 0', 'send1 b 1', 'send2 b 2', 'take1', 'hedge3 b 0', 'take3', 'cancel0 lost', 'take2', 'finish 0,1,2 | '],
    { sharedBy: ['a', 'b'] },
  ],
  [
    'a lot that failed is retried, and what only its leaf has is asked of it once more',
    '0:a 1:a,b 2:a,b 3:a',
    [
      [0, start],
      [5, failed(0, 'LEAF_UNREACHABLE')],
      [6, answered(1, [1])],
      [7, answered(2, [2])],
    ],
    ['send0 a 0,3', 'send1 b 1', 'send2 b 2', 'take1', 'take2', 'finish 1,2 | 0 LEAF_UNREACHABLE, 3 LEAF_UNREACHABLE'],
    { sharedBy: ['a', 'b'] },
  ],
  [
    'what no sharing leaf has is asked at once, of its best',
    '0:c,a 1:a,b 2:b,a',
    [[0, start]],
    ['send0 c 0', 'send1 a 1', 'send2 b 2'],
    { sharedBy: ['a', 'b'] },
  ],
  [
    'lots that were not reached in time have failed',
    '0:a,b 1:b,a 2:a,b',
    [
      [0, start],
      [1000, time],
    ],
    [
      'send0 a 0',
      'send1 b 1',
      'cancel0 late',
      'cancel1 late',
      'finish  | 0 LEAF_TIMEOUT, 1 LEAF_TIMEOUT, 2 LEAF_TIMEOUT',
    ],
    { sharedBy: ['a', 'b'] },
  ],

  // Coverage
  [
    'enough have answered: the last is waited for a tenth of the time',
    '0:a 1:b',
    [
      [0, start],
      [100, answered(0, [0])],
      [190, time],
    ],
    ['send0 a 0', 'send1 b 1', 'take0', 'cancel1 late', 'finish 0 | 1 LEAF_TIMEOUT'],
    { coverageMin: 0.5 },
  ],

  // Bad input
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
    ['send0 a 0', 'retry1 b 0', 'take1', 'finish 0 | '],
  ],
  [
    'a partial that names a shard twice is refused whole',
    '0:a 1:a',
    [
      [0, start],
      [5, answered(0, [0, 0])],
    ],
    ['send0 a 0,1', 'finish  | 0 LEAF_UNREACHABLE, 1 LEAF_UNREACHABLE'],
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
  [
    'an answer to nothing',
    '0:a',
    [
      [0, start],
      [5, answered(7, [0])],
    ],
    ['send0 a 0'],
  ],
];

for (const [name, candidates, events, expected, differs] of rows) {
  test(`step: ${name}`, () => {
    const state = createScatter(optionsFor(candidatesOf(candidates), differs));
    const effects = events.flatMap(([now, event]) => step(state, event, now));
    assert.deepEqual(effects.map(show), expected);
  });
}

// Each row: events, when the machine wants to be woken after them.
const wakes: [name: string, candidates: string, events: [number, ScatterEvent][], at: number][] = [
  ['when the first would be late', '0:a,b', [[7, start]], 107],
  [
    'when its hedge would be late',
    '0:a,b',
    [
      [7, start],
      [107, time],
    ],
    207,
  ],
  [
    'at the deadline, when nothing can be hedged any more',
    '0:a,b',
    [
      [7, start],
      [107, time],
      [207, time],
    ],
    1000,
  ],
  [
    'not for one that has ended',
    '0:a 1:b,c',
    [
      [7, start],
      [9, answered(0, [0])],
      [10, failed(1, 'LEAF_BUSY')],
    ],
    110,
  ],
];
for (const [name, candidates, events, at] of wakes) {
  test(`wakeAt: ${name}`, () => {
    const state = createScatter(optionsFor(candidatesOf(candidates)));
    for (const [now, event] of events) step(state, event, now);
    assert.equal(wakeAt(state), at);
  });
}

test('step: hedges are counted', () => {
  const state = createScatter(optionsFor(candidatesOf('0:a,b 1:c,d')));
  const events: [number, ScatterEvent][] = [
    [0, start],
    [100, time],
    [105, answered(2, [0])],
    [106, answered(1, [1])],
  ];
  const finish = events.flatMap(([now, event]) => step(state, event, now)).at(-1)!;
  assert.deepEqual(finish.kind === 'finish' && finish.hedges, { issued: 2, won: 1, wasted: 1, refused: 0 });
});

test('step: random leaves, faults, delays and budgets keep the invariants', (t) => {
  const seed = 20261121;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let run = 0; run < 5000; run++) {
    const names = ['a', 'b', 'c', 'd', 'e'].slice(0, random.integer(1, 5));
    const candidates = new Map<number, string[]>();
    for (let shard = random.integer(0, 8); shard > 0; shard--) {
      candidates.set(shard, random.shuffle(names).slice(0, random.integer(0, names.length)));
    }
    const options = optionsFor(candidates, {
      hedgeDelayMs: random.pick([20, 150, 600, Infinity]),
      coverageMin: random.pick([0, 0.5, 1, 1]),
      ...(random.chance(0.5) ? {} : { enough: { from: random.integer(0, deadline), share: random.pick([0, 0.5, 1]) } }),
      sharedBy: random.chance(0.5) ? [] : names.filter(() => random.chance(0.8)),
      hedgeBudget: { ...unlimited, take: () => random.chance(0.8) },
      retryBudget: { ...unlimited, take: () => random.chance(0.9) },
      hedgeTargets: (others) => others.filter(() => random.chance(0.9)),
    });
    checkRun(createScatter(options), options, random);
  }
});

/** Plays one scatter against random leaves and checks every invariant of the file's head. */
function checkRun(state: ScatterState, { candidates, enough }: ScatterOptions, random: Random): void {
  const open = new Map<number, readonly number[]>();
  const answers = new Map<number, readonly number[]>();
  const asked = new Set<string>();
  const taken = new Set<number>();
  let finish: (ScatterEffect & { kind: 'finish' }) | undefined;
  let now = 0;
  const apply = (event: ScatterEvent): void => {
    if (event.kind === 'answered') answers.set(event.attempt, event.shards);
    if (event.kind !== 'start' && event.kind !== 'time') open.delete(event.attempt);
    for (const effect of step(state, event, now)) {
      assert.equal(finish, undefined, 'an effect after finish');
      switch (effect.kind) {
        case 'finish':
          finish = effect;
          break;
        case 'cancel':
          assert.ok(open.delete(effect.attempt), 'cancelled what was not open');
          break;
        case 'take':
          for (const shard of answers.get(effect.attempt)!) {
            assert.ok(!taken.has(shard), 'a shard taken twice');
            taken.add(shard);
          }
          break;
        case 'send':
          assert.ok(now < deadline, 'sent after the deadline');
          open.set(effect.attempt, effect.shards);
          for (const shard of effect.shards) {
            assert.ok(candidates.get(shard)!.includes(effect.leaf), 'asked of a leaf without the shard');
            // Only a leaf whose answer overlapped with better ones is asked again.
            const unused = [...answers.values()].some((shards) => shards.includes(shard));
            assert.ok((effect.reason === 'retry' && unused) || !asked.has(`${shard} ${effect.leaf}`), 'asked twice');
            asked.add(`${shard} ${effect.leaf}`);
          }
          break;
      }
    }
  };
  apply(start);
  const isOver = (): boolean => finish !== undefined;
  while (!isOver()) {
    const wake = wakeAt(state);
    assert.ok(wake >= now, 'a wake in the past');
    const next = now + random.integer(1, 400);
    now = Math.min(next, wake);
    if (now === wake || open.size === 0) apply(time);
    else answerOne(open, random, apply);
  }
  assert.equal(open.size, 0, 'an attempt without an end');
  assert.deepEqual(new Set(finish!.answered), taken);
  const ended = [...finish!.answered, ...finish!.failures.map(({ shard }) => shard)].sort((a, b) => a - b);
  assert.deepEqual(
    ended,
    [...candidates.keys()].sort((a, b) => a - b),
    'asked = answered + failed',
  );
  const isEarly = now < Math.min(state.wait.until, enough?.from ?? Infinity);
  const left = finish!.failures.filter(
    ({ detail }) => detail?.['reason'] === 'time ran out while it had other shards of the query',
  );
  assert.ok(!isEarly || left.length === 0, `${left.length} shards were never handed out`);
  assert.equal(finish!.hedges.issued, finish!.hedges.won + finish!.hedges.wasted);
}

function answerOne(
  open: ReadonlyMap<number, readonly number[]>,
  random: Random,
  apply: (event: ScatterEvent) => void,
): void {
  const attempt = random.pick([...open.keys()]);
  const shards = open.get(attempt)!;
  const code = random.pick(['LEAF_UNREACHABLE', 'NOT_CAUGHT_UP', 'INTERNAL'] as const);
  if (random.chance(0.3)) return apply(failed(attempt, code));
  const bad = shards.filter(() => random.chance(0.3));
  apply(
    answered(
      attempt,
      shards.filter((shard) => !bad.includes(shard)),
      bad.map((shard) => [shard, code]),
    ),
  );
}
