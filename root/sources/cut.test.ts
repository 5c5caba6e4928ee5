import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { cutOf } from './cut.ts';
import type { TopicMessage } from './source-cluster.ts';

const mebibyte = 1024 * 1024;

const message = (offset: number, sizeBytes = 1): TopicMessage => {
  return { offset, timestampMs: 0, key: null, value: Buffer.alloc(sizeBytes), headers: [] };
};
const headed = (offset: number, sizeBytes: number): TopicMessage => {
  return { ...message(offset), headers: [[null, Buffer.alloc(sizeBytes)]] };
};
const messages = (from: number, to: number): TopicMessage[] =>
  Array.from({ length: to - from }, (_, i) => message(from + i));

// Each row: what is held, from where, up to where all was read, no further than; what is cut: offsets, the next, whether it stays so.
const rows: [name: string, held: TopicMessage[], from: number, position: number, until: number, expected: string][] = [
  ['nothing', [], 5, 5, Infinity, 'nothing'],
  ['all there is', messages(5, 8), 5, 8, Infinity, '5-7 next 8'],
  ['what was read before is passed', messages(0, 8), 5, 8, Infinity, '5-7 next 8'],
  ['offsets that are no messages', [], 5, 9, Infinity, 'none next 9'],
  ['gaps', [message(6), message(8)], 5, 10, Infinity, '6-8 next 10'],
  ['up to a multiple', messages(4090, 4100), 4090, 4100, Infinity, '4090-4095 next 4096 fixed'],
  ['from a multiple on', messages(4096, 4100), 4096, 4100, Infinity, '4096-4099 next 4100'],
  ['a gap over a multiple', [message(5000)], 4090, 5001, Infinity, 'none next 4096 fixed'],
  ['no further than asked', messages(0, 9), 0, 9, 4, '0-3 next 4 fixed'],
  ['no more bytes', [message(0, 3 * mebibyte), message(2, 2 * mebibyte)], 0, 9, Infinity, '0-0 next 2 fixed'],
  ['no more bytes of headers', [headed(0, 3 * mebibyte), headed(2, 2 * mebibyte)], 0, 9, Infinity, '0-0 next 2 fixed'],
  ['one that is larger goes alone', [message(0, 9 * mebibyte), message(1)], 0, 2, Infinity, '0-0 next 1 fixed'],
];
for (const [name, held, from, position, until, expected] of rows) {
  test(`cutOf: ${name}`, () => {
    const cut = cutOf(held, { from, position, until });
    const offsets = cut?.messages.map(({ offset }) => offset) ?? [];
    const told = offsets.length === 0 ? 'none' : `${offsets[0]}-${offsets.at(-1)}`;
    assert.equal(cut === null ? 'nothing' : `${told} next ${cut.next}${cut.isFixed ? ' fixed' : ''}`, expected);
  });
}

test('cutOf: whoever has read more cuts a fixed cut at the same place', () => {
  const random = createRandom(3);
  const held = Array.from({ length: 9000 }, (_, offset) => message(offset, random.integer(1, 4000)));
  for (let from = 0; from < 9000;) {
    const whole = cutOf(held.slice(from), { from, position: 9000, until: Infinity })!;
    const position = random.integer(from, 9000);
    const some = cutOf(held.slice(from, position), { from, position, until: Infinity });
    if (some?.isFixed === true) assert.deepEqual(some, whole);
    else assert.ok(some === null || some.next <= whole.next);
    from = whole.next;
  }
});
