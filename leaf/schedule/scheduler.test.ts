import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheafError } from '../../shared/errors.ts';
import { jobsMax, runningMax, Scheduler, type Job } from './scheduler.ts';

/** A scheduler in virtual time. Jobs note in `events` what happens to them; a step takes the time its job says. */
class World {
  now = 0;
  wakes = 0;
  readonly events: string[] = [];
  readonly scheduler = new Scheduler({ clock: { now: () => this.now }, wake: () => this.wakes++ });

  job(name: string, steps: number, options: { stepMs?: number; deadline?: number; throws?: boolean } = {}): Job {
    const { stepMs = 0.25, deadline = 1000, throws = false } = options;
    let left = steps;
    return {
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
  assert.deepEqual(world.turns(3), ['a', 'b expired, a', 'a expired']);
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
  for (let i = 0; i <= runningMax; i++) world.submit(world.job(String(i), 2, { stepMs: 2 }));
  const order = world.turns(runningMax + 1);
  assert.deepEqual(order.slice(0, runningMax), [...Array(runningMax).keys()].map(String));
  assert.equal(order[runningMax], '0, 0 done');
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
