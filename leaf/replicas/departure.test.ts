import assert from 'node:assert/strict';
import { test } from 'node:test';
import { departureOf, type Departure, type DepartureFacts } from './departure.ts';

const facts: DepartureFacts = {
  now: 5000,
  askedAt: 1000,
  graceMs: 25_000,
  hasRoots: true,
  hasHeirs: true,
  hasHeard: true,
  notElsewhere: 0,
  tasks: 0,
  lastTaskAt: 2000,
};

// Each row: what is other than that everything is elsewhere and quiet, what becomes of it.
const rows: [name: string, changes: Partial<DepartureFacts>, expected: Departure][] = [
  ['everything is elsewhere', {}, 'done'],
  ['a replica is not', { notElsewhere: 1 }, 'wait'],
  ['a task is here', { tasks: 1 }, 'wait'],
  ['a task has just been here', { lastTaskAt: 4100 }, 'wait'],
  ['it was asked just now', { askedAt: 4100 }, 'wait'],
  ['there never was anybody else', { hasHeirs: false, hasHeard: false, askedAt: 5000, notElsewhere: 9 }, 'alone'],
  ['the others are gone, or about to come', { hasHeirs: false, askedAt: 4000, notElsewhere: 9 }, 'wait'],
  ['the others are gone', { hasHeirs: false, notElsewhere: 9 }, 'alone'],
  ['no root is connected', { hasRoots: false, notElsewhere: 9 }, 'alone'],
  ['the grace period is over', { now: 26_000, notElsewhere: 1 }, 'overdue'],
];
for (const [name, changes, expected] of rows) {
  test(`departureOf: ${name}`, () => assert.equal(departureOf({ ...facts, ...changes }), expected));
}
