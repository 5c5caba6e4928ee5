import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeChange, judgementVersion } from '../../shared/judge/change.ts';
import { batchHeaderBytes, BatchWriter } from '../../shared/log/batch.ts';
import { Pending, type PendingPut, type PendingStep } from './pending.ts';

/** `a=1` puts, `a` deletes, `a?1` is judged; the batch begins at the offset. */
function take(pending: Pending, firstOffset: number, words: string, after: number): number {
  const writer = new BatchWriter(-1);
  for (const word of words.split(' ')) {
    const [, key, sign, value] = /^(\w)(\W)?(.*)$/.exec(word)!;
    const source = Buffer.from(value!);
    if (sign === '=') writer.add('put', key!, source);
    else if (sign === '?')
      writer.add('judged', key!, encodeChange({ condition: { kind: 'none' }, operation: { kind: 'put', source } }));
    else writer.add('delete', key!);
  }
  return pending.take({ firstOffset, count: writer.count, bytes: writer.finish() }, after);
}

const text = (source: Uint8Array): string => Buffer.from(source).toString();

/** A put at an offset, with how many there were since which. */
function showPut({ key, offset, source, first, version }: PendingPut): string {
  return `${key}@${offset}=${text(source)}${first === null ? '' : `(${version}@${first})`}`;
}

function showStep(step: PendingStep): string {
  const place = `${step.key}@${step.offset}`;
  if (step.kind === 'delete') return place;
  return step.kind === 'put' ? `${place}=${text(step.source)}` : `${place}?`;
}

// Each row: two batches at 10 and at 20, entries up to `after` being known; what is left of keys that were only put, the steps of
// all others, and what was put of these before.
const rows: [
  name: string,
  first: string,
  second: string,
  after: number,
  puts: string,
  steps: string,
  before: string,
][] = [
  ['keeps the order of the log', 'b=1 a=2', 'c=3', 9, 'b@10=1 a@11=2 c@20=3', '', ''],
  ['the last put wins, in its place', 'a=1 b=2', 'a=3', 9, 'b@11=2 a@20=3(2@10)', '', ''],
  ['counts the puts of a key', 'a=1 a=2', 'a=3 a=4', 9, 'a@21=4(4@10)', '', ''],
  ['a delete is a step, after what was put', 'a=1 b=2', 'a', 9, 'b@11=2', 'a@20', 'a@10=1'],
  ['a put after a delete is a step', 'a b=2', 'a=1', 9, 'b@11=2', 'a@10 a@20=1', 'a:'],
  ['what is judged is a step', 'a=1 a=2', 'a?3 b?1 a=4', 9, '', 'a@20? b@21? a@22=4', 'a@11=2(2@10) b:'],
  ['skips what is known', 'a=1 b=2', 'c=3', 10, 'b@11=2 c@20=3', '', ''],
  ['skips a batch that is known', 'a?1 b', 'c=3', 11, 'c@20=3', '', ''],
];

for (const [name, first, second, after, puts, steps, before] of rows) {
  test(`pending: ${name}`, () => {
    const pending = new Pending();
    take(pending, 10, first, after);
    take(pending, 20, second, after);
    assert.equal([...pending.puts.values()].map(showPut).join(' '), puts);
    assert.equal(pending.steps.map(showStep).join(' '), steps);
    const shown = Array.from(pending.putsBefore, ([key, put]) => (put === null ? `${key}:` : showPut(put)));
    assert.equal(shown.join(' '), before);
  });
}

test('pending: counts the documents and the bytes it took', () => {
  const pending = new Pending();
  assert.equal(take(pending, 0, 'a=1 b c=2 d?3', 0), 2);
  assert.equal(pending.sizeBytes, batchHeaderBytes + 4 * (7 + 1) + 2 + 16 + 1);
});

// Each row: the bytes of a judged entry, why nothing of the batch can be taken.
const unreadable: [what: string, body: Uint8Array, code: string][] = [
  ['of a newer judgement', changed(0, judgementVersion + 1), 'JUDGEMENT_VERSION_UNKNOWN'],
  ['of a judgement that was never released', changed(0, judgementVersion - 1), 'BATCH_INVALID'],
  ['of an unknown operation', changed(1, 9), 'BATCH_INVALID'],
  ['cut short', changed(0, judgementVersion).subarray(0, 15), 'BATCH_INVALID'],
];

function changed(at: number, value: number): Uint8Array {
  const bytes = encodeChange({ condition: { kind: 'none' }, operation: { kind: 'delete' } });
  bytes[at] = value;
  return bytes;
}

for (const [what, body, code] of unreadable) {
  test(`pending: a change ${what} is refused`, () => {
    const writer = new BatchWriter(-1);
    writer.add('judged', 'a', body);
    assert.throws(() => new Pending().take({ firstOffset: 0, count: 1, bytes: writer.finish() }, -1), { code });
  });
}
