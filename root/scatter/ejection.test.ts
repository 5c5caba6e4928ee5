import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { afterError, afterSuccess, newStanding, standingAt, type Standing } from './ejection.ts';

function show(standing: Standing): string {
  switch (standing.kind) {
    case 'in':
      return `in ${standing.errors} errors`;
    case 'out':
      return `out until ${standing.until / 1000} s`;
    case 'probation':
      return 'probation';
  }
}

/** `e` an error, `s` a success, a number: so many seconds pass. */
function play(events: string): Standing {
  let now = 0;
  let standing = newStanding(0);
  for (const event of events.split(' ').filter((each) => each !== '')) {
    if (event === 'e') standing = afterError(standing, now);
    else if (event === 's') standing = afterSuccess(standing, now);
    else now += Number(event) * 1000;
  }
  return standingAt(standing, now);
}

const fiveErrors = 'e e e e e';
// Each row: what happens, how the leaf stands.
const rows: [name: string, events: string, expected: string][] = [
  ['new', '', 'in 0 errors'],
  ['four errors are not enough', 'e e e e', 'in 4 errors'],
  ['five put it out', fiveErrors, 'out until 30 s'],
  ['only in a row', 'e e e e s e', 'in 1 errors'],
  ['out, a late answer changes nothing', `${fiveErrors} s`, 'out until 30 s'],
  ['out, more errors change nothing', `${fiveErrors} 10 e e e e e`, 'out until 30 s'],
  ['on probation after its time', `${fiveErrors} 30`, 'probation'],
  ['a success brings it back', `${fiveErrors} 30 s`, 'in 0 errors'],
  ['an error on probation puts it out for longer', `${fiveErrors} 30 e`, 'out until 90 s'],
  ['back, it has five errors again, and a longer time out', `${fiveErrors} 30 s ${fiveErrors}`, 'out until 90 s'],
  ['a minute of good conduct is forgiven', `${fiveErrors} 30 s 60 s ${fiveErrors}`, 'out until 120 s'],
  ['at most 300 s', `${fiveErrors} ${'300 e '.repeat(20)}`, `out until ${300 * 20 + 300} s`],
];
for (const [name, events, expected] of rows) {
  test(`ejection: ${name}`, () => assert.equal(show(play(events)), expected));
}

test('ejection: no history keeps a leaf out for more than 300 s after its last error', (t) => {
  const seed = 23;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let run = 0; run < 500; run++) {
    const events = Array.from({ length: 60 }, () => random.pick(['e', 'e', 's', String(random.integer(1, 100))]));
    assert.notEqual(play([...events, '301'].join(' ')).kind, 'out');
    assert.equal(play([...events, '301', 's'].join(' ')).kind, 'in');
  }
});
