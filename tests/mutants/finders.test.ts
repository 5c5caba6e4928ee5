import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findFinders } from './finders.ts';

const findersOf = findFinders();
const namesOf = (file: string): string[] => findersOf(file).map(({ finder }) => finder.name);

// Each row: a file of the ground, something that looks for its bugs, and something that does not.
const rows: [file: string, has: string, hasNot: string][] = [
  ['root/scatter/scatter.ts', 'simulation', 'shared/log/client.test.ts'],
  // The simulated log is the real store; the simulated leaf has no desk.
  ['shared/log/sqlite/store.ts', 'simulation', 'root/scatter/scatter.test.ts'],
  ['leaf/tasks/task-desk.ts', 'leaf/tasks/task-desk.test.ts', 'simulation'],
  // A thread is started by its place, and not imported.
  ['shared/log/sqlite/writer.ts', 'shared/log/server/session.test.ts', 'shared/log/kill.test.ts'],
];
for (const [file, has, hasNot] of rows) {
  test(`findFinders: ${has} looks for bugs in ${file}, ${hasNot} does not`, () => {
    const names = namesOf(file);
    assert.deepEqual([names.includes(has), names.includes(hasNot)], [true, false], names.join());
  });
}

test('findFinders: the test beside a file comes first and is its own; what hangs on time is known as that', () => {
  const [first, second] = findersOf('shared/log/client.ts');
  assert.deepEqual(first, { finder: { name: 'shared/log/client.test.ts', isOfTime: true }, isOwn: true });
  assert.equal(second?.isOwn, false);
  const [pure] = findersOf('root/scatter/scatter.ts');
  assert.deepEqual(pure?.finder, { name: 'root/scatter/scatter.test.ts', isOfTime: false });
});
