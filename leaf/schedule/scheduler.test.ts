import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheafError } from '../../shared/errors.ts';
import type { Priority } from '../../shared/protocol/priority.ts';
import { EmulatedWork } from './emulated-work.ts';
import { begunMax, jobsMax, longReading, readingsMax, Scheduler } from './scheduler.ts';
import { inLineOfGroupMax } from './job-queue.ts';
import type { Job } from './job.ts';

interface JobOptions {
  readonly stepMs?: number;
  readonly deadline?: number;
  readonly throws?: boolean;
  readonly priority?: Priority;
  readonly group?: string;
}

/** A scheduler in virtual time. Jobs note in `events` what happens to them; a step takes the time its job says. */
class World {
  now = 0;
  wakes = 0;
  turnsEnded = 0;
  readonly events: string[] = [];
  readonly scheduler = new Scheduler({
    clock: { now: () => this.now },
    wake: () => this.wakes++,
    onOverload: () => this.events.push('overload'),
    onTurn: () => this.turnsEnded++,
  });

  job(name: string, steps: number, options: JobOptions = {}): Job {
    const { stepMs = 0.25, deadline = 1000, throws = false, priority = 'interactive', group } = options;
    let left = steps;
    return {
      priority,
      group,
      deadline,
      step: () => {
        if (throws) throw new Error(name);
        this.events.push(name);
        this.now += stepMs;
        return --left === 0;
      },
      onEnd: ({ kind }) => this.events.push(`${name} ${kind}`),
    };
  }

  submit(...jobs: Job[]): this {
    for (const job of jobs) this.scheduler.submit(job);
    return this;
  }

  /** Runs so many turns and tells what happened in each. */
  turns(count: number): string[] {
    return Array.from({ length: count }, () => {
      this.events.length = 0;
      this.scheduler.turn();
      return this.events.join(', ');
    });
  }
}

test('scheduler: nothing starts before a turn, and one wake is asked for', () => {
  const world = new World();
  world.submit(world.job('a', 1), world.job('b', 1));
  assert.deepEqual([world.events, world.wakes, world.scheduler.count], [[], 1, 2]);
});

test('scheduler: light jobs end within one turn', () => {
  const world = new World();
  world.submit(world.job('a', 1), world.job('b', 2));
  assert.deepEqual(world.turns(2), ['a, a done, b, b, b done', '']);
  assert.equal(world.wakes, 1);
});

test('scheduler: a heavy job yields after a slice and goes behind the others', () => {
  const world = new World();
  world.submit(world.job('h', 6), world.job('l', 1));
  assert.deepEqual(world.turns(3), ['h, h, h, h', 'l, l done, h, h, h done', '']);
});

test('scheduler: two heavy jobs take turns', () => {
  const world = new World();
  world.submit(world.job('a', 2, { stepMs: 5 }), world.job('b', 2, { stepMs: 5 }));
  assert.deepEqual(world.turns(4), ['a', 'b', 'a, a done', 'b, b done']);
});

test('scheduler: a deadline that passed before the start or between slices ends a job', () => {
  const world = new World();
  world.submit(world.job('a', 9, { stepMs: 3, deadline: 4 }), world.job('b', 1, { stepMs: 3, deadline: 3 }));
  assert.deepEqual(world.turns(3), ['a', 'b overdue, a', 'a expired']);
});

test('scheduler: a cancelled job does not start, or stops between slices', () => {
  const world = new World();
  const [heavy, dead] = [world.job('h', 9, { stepMs: 2 }), world.job('d', 1)];
  world.submit(dead, heavy);
  world.scheduler.cancel(dead);
  assert.deepEqual(world.events, ['d cancelled']);
  assert.deepEqual(world.turns(1), ['h']);
  world.scheduler.cancel(heavy);
  world.scheduler.cancel(heavy);
  assert.deepEqual(world.events, ['h', 'h cancelled']);
  assert.equal(world.scheduler.count, 0);
});

test('scheduler: a job that throws ends alone', () => {
  const world = new World();
  world.submit(world.job('a', 1, { throws: true }), world.job('b', 1));
  assert.deepEqual(world.turns(1), ['a failed, b, b done']);
});

test('scheduler: so many jobs run side by side, the rest wait', () => {
  const world = new World();
  for (let i = 0; i <= begunMax; i++) world.submit(world.job(String(i), 2, { stepMs: 2 }));
  const order = world.turns(begunMax + 1);
  assert.deepEqual(order.slice(0, begunMax), [...Array(begunMax).keys()].map(String));
  assert.equal(order[begunMax], '0, 0 done');
});

test('scheduler: the queue is bounded, and a stopped scheduler takes nothing', () => {
  const world = new World();
  for (let i = 0; i < jobsMax; i++) world.submit(world.job('j', 1));
  const codeOf = (action: () => unknown): string => {
    try {
      action();
    } catch (error) {
      return (error as SheafError).code;
    }
    return '';
  };
  assert.equal(
    codeOf(() => world.submit(world.job('x', 1))),
    'LEAF_BUSY',
  );
  world.scheduler.stop();
  assert.equal(world.events.filter((event) => event === 'j stopped').length, jobsMax);
  assert.equal(
    codeOf(() => world.submit(world.job('x', 1))),
    'NOT_READY',
  );
  assert.deepEqual(world.turns(1), ['']);
});

test('scheduler: interactive jobs go before batch jobs, those that have begun too', () => {
  const world = new World();
  world.submit(world.job('b', 2, { stepMs: 2, priority: 'batch' }));
  assert.deepEqual(world.turns(1), ['b']);
  world.submit(world.job('i', 2, { stepMs: 2 }));
  assert.deepEqual(world.turns(3), ['i', 'i, i done', 'b, b done']);
});

/** In turns of one slice of 1 ms, which jobs had them: interactive jobs `i` never end. Batch jobs have so many steps and so long. */
function besideInteractive(batch: Record<string, [steps: number, deadline: number]>, turns: number): string {
  const world = new World();
  for (const [name, [steps, deadline]] of Object.entries(batch)) {
    world.submit(world.job(name, steps, { stepMs: 1, deadline, priority: 'batch' }));
  }
  world.submit(world.job('i', Infinity, { stepMs: 1, deadline: Infinity }));
  return world
    .turns(turns)
    .join('')
    .replaceAll(/, \w done/g, '!')
    .replaceAll(', ', '');
}

// Each row: batch jobs, beside an interactive one that goes on and on, and whose the first 24 slices are.
const aged: [name: string, batch: Record<string, [steps: number, deadline: number]>, slices: string][] = [
  [
    'has a quarter of the time once it has been there for an eighth of its own',
    { b: [4, 64] },
    'iiiiiiiibiiibiiibiiib!iii',
  ],
  ['ends with its deadline as any other', { b: [9, 17] }, 'iiibiiibiiibiiibiiib expirediiiii'],
  ['waits as long as it has time', { b: [4, 1000] }, 'iiiiiiiiiiiiiiiiiiiiiiii'],
  ['takes turns with others that are aged', { b: [2, 64], c: [2, 64] }, 'iiiiiiiibiiiciiib!iiic!iii'],
  ['goes before one that has more time, and came first', { b: [4, 1000], c: [2, 64] }, 'iiiiiiiiciiic!iiiiiiiiiii'],
];
for (const [name, batch, slices] of aged) {
  test(`scheduler: a batch job ${name}`, () => {
    assert.equal(besideInteractive(batch, 24), slices);
  });
}

test('scheduler: the share of aged batch jobs is one of time, not of slices', () => {
  const world = new World();
  world.submit(world.job('b', 3, { stepMs: 1, deadline: 8, priority: 'batch' }));
  for (let i = 0; i < 80; i++) world.submit(world.job('i', 1, { stepMs: 0.125, deadline: Infinity }));
  const order = world
    .turns(7)
    .join(', ')
    .replaceAll(/i, i done(?:, )?/g, 'i')
    .replaceAll(/, |(?<=i) /g, '');
  assert.equal(order, `${'i'.repeat(8)}b${'i'.repeat(24)}b${'i'.repeat(8)}`);
});

test('scheduler: while no interactive job waited, nothing was lent to batch jobs, and nothing saved for them', () => {
  const world = new World();
  world.submit(world.job('b', 20, { stepMs: 1, deadline: 80, priority: 'batch' }));
  world.now = 10;
  assert.deepEqual(world.turns(2), ['b', 'b']);
  world.submit(world.job('i', 20, { stepMs: 1, deadline: Infinity }));
  assert.equal(world.turns(9).join(''), 'iiibiiibi');
});

test('scheduler: emulated work is not interrupted, and counts for the share of aged batch jobs', () => {
  const world = new World();
  const emulated = new EmulatedWork({ taskMs: 10, after: () => undefined, wake: () => undefined });
  const scheduler = new Scheduler({ clock: { now: () => world.now }, wake: () => undefined, emulated });
  const submit = (name: string, priority: Priority): void =>
    scheduler.submit(world.job(name, 1, { stepMs: 0, deadline: world.now + 160, priority }));
  submit('b', 'batch');
  scheduler.turn();
  for (const name of ['i', 'j', 'k', 'l', 'm', 'n', 'o']) submit(name, 'interactive');
  for (const name of ['c', 'd']) submit(name, 'batch');
  for (world.now = 5; world.now <= 100; world.now += 5) scheduler.turn();
  assert.deepEqual(
    world.events.filter((event) => event.endsWith(' done')).map((event) => event[0]),
    ['b', 'i', 'j', 'k', 'c', 'l', 'm', 'n', 'd', 'o'],
  );
});

/** Turns of a leaf that is asked a job of 10 ms every 5 ms: in each, what happened. Each job has so long. */
function overload(world: World, priority: Priority, turns: number, timeMs = Infinity): string[] {
  const events: string[] = [];
  for (let i = 0; i < turns; i++) {
    world.submit(world.job('j', 1, { stepMs: 10, priority, deadline: world.now + timeMs }));
    world.submit(world.job('j', 1, { stepMs: 10, priority, deadline: world.now + timeMs }));
    events.push(...world.turns(1)[0]!.split(', '));
  }
  return events;
}

test('scheduler: interactive jobs that stand in line are not shed, but told once', () => {
  const world = new World();
  const events = overload(world, 'interactive', 30);
  assert.equal(events.filter((event) => event === 'overload').length, 1);
  assert.equal(events.filter((event) => event === 'j done').length, 30);
  assert.deepEqual([world.scheduler.isOverloaded, world.scheduler.isShedding], [true, false]);
  world.now += 100;
  assert.equal(world.scheduler.isOverloaded, false);
});

test('scheduler: batch jobs that stand in line for a good part of their time are shed', () => {
  const world = new World();
  const events = overload(world, 'batch', 30, 400);
  assert.ok(events.includes('j shed') && !events.includes('overload'));
  assert.deepEqual([world.scheduler.isOverloaded, world.scheduler.isShedding], [false, true]);
});

test('scheduler: batch jobs that stand in line and have time are not shed', () => {
  const world = new World();
  const events = overload(world, 'batch', 30, 4000);
  assert.equal(events.filter((event) => event === 'j done').length, 30);
  assert.deepEqual([world.scheduler.isOverloaded, world.scheduler.isShedding], [false, true]);
});

// Each row: jobs submitted and cancelled before each turn, the turn in which the first job runs.
const readings: [name: string, jobs: number[], startsAt: number][] = [
  ['a short reading starts at once', [longReading - 1], 0],
  ['a long reading is followed by another', [longReading, 0], 1],
  ['and so on until one is short', [longReading, 0, longReading], 1],
  ['for a time only', Array.from({ length: 30 }, () => longReading), readingsMax],
];
for (const [name, jobs, startsAt] of readings) {
  test(`scheduler: ${name}`, () => {
    const world = new World();
    const first = world.job('first', 1);
    const turns = jobs.map((count, i) => {
      if (i === 0) world.submit(first);
      const others = Array.from({ length: Math.ceil((count - (i === 0 ? 1 : 0)) / 2) }, () => world.job('x', 1));
      world.submit(...others);
      for (const other of others) world.scheduler.cancel(other);
      return world.turns(1)[0];
    });
    assert.equal(
      turns.findIndex((turn) => turn!.includes('first')),
      startsAt,
    );
  });
}

test('scheduler: tells what there is to do, by what jobs took, after each turn', () => {
  const world = new World();
  assert.deepEqual(world.scheduler.backlog, { interactiveMs: 0, batchMs: 0, taskMs: 0 });
  for (let i = 0; i < 200; i++) world.submit(world.job('a', 4)).turns(1);
  assert.equal(world.turnsEnded, 200);
  assert.deepEqual(world.scheduler.backlog, { interactiveMs: 0, batchMs: 0, taskMs: 1 });
  world.submit(world.job('a', 4), world.job('b', 4), world.job('c', 4, { priority: 'batch' }));
  assert.deepEqual(world.scheduler.backlog, { interactiveMs: 2, batchMs: 3, taskMs: 1 });
});

test('scheduler: how many jobs are taken, how many take turns, and how long it reads', () => {
  assert.deepEqual(
    { jobsMax, begunMax, longReading, readingsMax },
    { jobsMax: 1000, begunMax: 16, longReading: 256, readingsMax: 16 },
  );
});

const groupOf = (world: World, count: number, steps: number, options: JobOptions = {}): Job[] => {
  return Array.from({ length: count }, (_, i) => world.job(`g${i}`, steps, { group: 'g', ...options }));
};

test('scheduler: a search of many heavy jobs leaves room to light ones of others', () => {
  const world = new World();
  world.submit(...groupOf(world, 3 * begunMax, 1000));
  world.turns(2 * begunMax);
  world.submit(world.job('light', 1), world.job('other', 1, { group: 'h' }));
  const turns = world.turns(inLineOfGroupMax + 2);
  assert.ok(turns.some((turn) => turn.includes('light done')) && turns.some((turn) => turn.includes('other done')));
  // Each of the group has its slice in turn, and no more of it than there may be.
  world.turns(1);
  const names = new Set(world.turns(100).flatMap((turn) => turn.split(', ')));
  assert.deepEqual([...names].sort(), ['g0', 'g1', 'g2', 'g3']);
});

test('scheduler: as one of a search ends, however it does, the next has its turn', () => {
  const world = new World();
  const jobs = [
    world.job('throws', 1, { group: 'g', throws: true }),
    world.job('late', 9, { group: 'g', stepMs: 1, deadline: 2 }),
    world.job('short', 1, { group: 'g', stepMs: 1 }),
    world.job('waits', 9, { group: 'g', stepMs: 1 }),
    world.job('gone', 9, { group: 'g', stepMs: 1 }),
    world.job('last', 2, { group: 'g', stepMs: 1 }),
  ];
  world.submit(...jobs);
  assert.equal(world.scheduler.count, 6);
  // One that has begun or is in the line, and one that is behind it.
  world.scheduler.cancel(jobs[4]!);
  assert.equal(world.scheduler.count, 5);
  world.scheduler.cancel(jobs[3]!);
  assert.equal(world.scheduler.count, 4);
  assert.deepEqual(world.turns(5), [
    'throws failed, late',
    'short, short done',
    'last',
    'late expired, last, last done',
    '',
  ]);
  assert.equal(world.scheduler.count, 0);
});

test('scheduler: batch jobs of a search are aged by when they came, not by when others of it were done', () => {
  const count = 256;
  const world = new World();
  world.submit(world.job('endless', 1e9, { stepMs: 1, deadline: 1e9 }));
  world.submit(...groupOf(world, count, 1, { priority: 'batch', stepMs: 1, deadline: 10_000 }));
  // An eighth of their time, then a quarter of the thread.
  const told = world.turns(10_000 / 8 + 4 * count + 16).join();
  assert.equal(told.match(/g\d+ done/g)?.length, count);
});

test('scheduler: jobs of a search that wait for others of it do not stand in line', () => {
  const world = new World();
  world.submit(...groupOf(world, 2 * begunMax, 300, { deadline: 1e6, stepMs: 1 }));
  for (let i = 0; i < 4000; i++) {
    world.turns(1);
    assert.ok(!world.scheduler.isOverloaded);
  }
  assert.ok(world.scheduler.count < 2 * begunMax - inLineOfGroupMax);
});

test('scheduler: a stop ends those of a search that are behind, too', () => {
  const world = new World();
  world.submit(...groupOf(world, begunMax, 9));
  world.turns(1);
  world.events.length = 0;
  world.scheduler.stop();
  assert.equal(world.events.filter((event) => event.endsWith('stopped')).length, begunMax);
  assert.equal(world.scheduler.count, 0);
});
