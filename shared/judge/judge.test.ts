import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../limits.ts';
import type { Change, Condition, Operation } from './change.ts';
import { judge } from './judge.ts';
import { absent, noOrigin, type KeyState } from './key-state.ts';

const none: Condition = { kind: 'none' };
const isAbsent: Condition = { kind: 'absent' };
const exists: Condition = { kind: 'exists' };
const at = (sequence: number): Condition => ({ kind: 'sequence', sequence });

const newer = (version: number): Condition => ({ kind: 'newer', version });

const put: Operation = { kind: 'put', source: Buffer.from('{"put":1}') };
const remove: Operation = { kind: 'delete' };
const patch: Operation = {
  kind: 'patch',
  partial: Buffer.from('{"b":2}'),
  nulls: 'kept',
  upsert: null,
  detectNoop: true,
};
const upsert: Operation = { ...patch, upsert: Buffer.from('{"up":1}') };
const noop: Operation = { ...patch, partial: Buffer.from('{"a":1}') };
const forced: Operation = { ...noop, detectNoop: false };
const nothing: Operation = { ...patch, partial: Buffer.from('[1]') };
const nested = (levels: number): string => `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`;
/** Laid into `{"o":{}}` as deep as a document may be, and one level more. */
const deepest: Operation = { ...patch, partial: Buffer.from(`{"o.a":${nested(limits.documentDepthMax - 2)}}`) };
const tooDeep: Operation = { ...patch, partial: Buffer.from(`{"o.a":${nested(limits.documentDepthMax - 1)}}`) };
const inArrays = (levels: number): Operation => {
  return { ...patch, partial: Buffer.from(`{"o.a":${'['.repeat(levels)}${']'.repeat(levels)}}`) };
};
const huge: Operation = { ...patch, partial: Buffer.from(`{"b":"${'x'.repeat(limits.documentBytesMax - 8)}"}`) };

/** Deletions before offset 7 do not count. */
const copy = (origin: number, version: number, since = 6): Condition => ({ kind: 'copy', origin, version, since });

const live = (sequence: number, version: number, origin = noOrigin): KeyState => ({
  kind: 'live',
  sequence,
  version,
  origin,
  source: () => Buffer.from('{"a":1}'),
});
const deleted: KeyState = { kind: 'deleted', sequence: 7, version: 4, origin: noOrigin };
/** The copy of 1, by whoever makes it. */
const uncopied: KeyState = { ...deleted, origin: 1 };

// Each row: the state before, the condition, the change, the outcome at offset 9 as result@sequence/version, the document after.
const rows: [before: KeyState, condition: Condition, operation: Operation, outcome: string, document: string | null][] =
  [
    [absent, none, put, 'created@9/1', '{"put":1}'],
    [deleted, none, put, 'created@9/5', '{"put":1}'],
    [live(5, 3), none, put, 'updated@9/4', '{"put":1}'],
    [absent, isAbsent, put, 'created@9/1', '{"put":1}'],
    [deleted, isAbsent, put, 'created@9/5', '{"put":1}'],
    [live(5, 3), isAbsent, put, 'conflict@5/3', '{"a":1}'],
    [live(5, 3), at(5), put, 'updated@9/4', '{"put":1}'],
    [live(5, 3), at(4), put, 'conflict@5/3', '{"a":1}'],
    [deleted, at(7), put, 'conflict@7/4', null],
    [absent, at(0), put, 'conflict@-1/0', null],
    [absent, exists, put, 'not_found@-1/0', null],
    [live(5, 3), exists, put, 'updated@9/4', '{"put":1}'],
    [live(5, 3), none, remove, 'deleted@9/4', null],
    [live(5, 3), at(5), remove, 'deleted@9/4', null],
    [live(5, 3), at(6), remove, 'conflict@5/3', '{"a":1}'],
    [absent, none, remove, 'not_found@-1/0', null],
    [deleted, none, remove, 'not_found@7/4', null],
    [deleted, at(7), remove, 'conflict@7/4', null],
    [absent, newer(1), put, 'created@9/1', '{"put":1}'],
    [absent, newer(70), put, 'created@9/70', '{"put":1}'],
    [live(5, 3), newer(4), put, 'updated@9/4', '{"put":1}'],
    [live(5, Number.MAX_SAFE_INTEGER), none, put, `updated@9/${Number.MAX_SAFE_INTEGER}`, '{"put":1}'],
    [live(5, Number.MAX_SAFE_INTEGER), none, remove, `deleted@9/${Number.MAX_SAFE_INTEGER}`, null],
    [live(5, 3), newer(3), put, 'conflict@5/3', '{"a":1}'],
    [deleted, newer(5), put, 'created@9/5', '{"put":1}'],
    [deleted, newer(4), put, 'conflict@7/4', null],
    [live(5, 3), newer(8), remove, 'deleted@9/8', null],
    [live(5, 3), newer(2), remove, 'conflict@5/3', '{"a":1}'],
    [absent, newer(8), remove, 'not_found@9/8', null],
    [deleted, newer(8), remove, 'not_found@9/8', null],
    [absent, copy(1, 8), put, 'created@9/8', '{"put":1}'],
    // What the key has of its own stays, whatever the version.
    [deleted, copy(1, 5), put, 'conflict@7/4', null],
    [deleted, copy(1, 4), put, 'conflict@7/4', null],
    [live(5, 3), copy(1, 4), put, 'conflict@5/3', '{"a":1}'],
    [live(5, 3), copy(1, 3), put, 'conflict@5/3', '{"a":1}'],
    [live(5, 3), copy(1, 4, 5), put, 'conflict@5/3', '{"a":1}'],
    // A deletion of before the copying is as none.
    [deleted, copy(1, 5, 7), put, 'created@9/5', '{"put":1}'],
    [deleted, copy(1, 2, 7), put, 'created@9/2', '{"put":1}'],
    [uncopied, copy(1, 2, 7), put, 'created@9/2', '{"put":1}'],
    [deleted, copy(1, 2, 7), remove, 'not_found@9/2', null],
    // Of copies the higher version stays, and one that comes again is there already.
    [uncopied, copy(1, 5), put, 'created@9/5', '{"put":1}'],
    [uncopied, copy(1, 4), put, 'noop@7/4', null],
    [uncopied, copy(2, 5), put, 'created@9/5', '{"put":1}'],
    [uncopied, copy(2, 4), put, 'conflict@7/4', null],
    [live(5, 3, 1), copy(1, 4), put, 'updated@9/4', '{"put":1}'],
    [live(5, 3, 1), copy(1, 3), put, 'noop@5/3', '{"a":1}'],
    [live(5, 3, 2), copy(1, 3), put, 'updated@9/3', '{"put":1}'],
    [live(5, 3, 2), copy(1, 2), put, 'conflict@5/3', '{"a":1}'],
    [live(5, 3, 1), copy(1, 7), remove, 'deleted@9/7', null],
    [live(5, 3, 1), copy(1, 3), remove, 'deleted@9/3', null],
    [live(5, 3, 1), copy(1, 2), remove, 'noop@5/3', '{"a":1}'],
    [live(5, 3, 2), copy(1, 7), remove, 'not_found@5/3', '{"a":1}'],
    [live(5, 3), copy(1, 7), remove, 'not_found@5/3', '{"a":1}'],
    [deleted, copy(1, 8), remove, 'not_found@7/4', null],
    [uncopied, copy(1, 8), remove, 'not_found@9/8', null],
    [uncopied, copy(2, 8), remove, 'not_found@9/8', null],
    [uncopied, copy(1, 4), remove, 'not_found@7/4', null],
    [absent, copy(1, 8), remove, 'not_found@9/8', null],
    [live(5, 3), none, patch, 'updated@9/4', '{"a":1,"b":2}'],
    [live(5, 3), at(5), patch, 'updated@9/4', '{"a":1,"b":2}'],
    [live(5, 3), at(3), patch, 'conflict@5/3', '{"a":1}'],
    [absent, none, patch, 'not_found@-1/0', null],
    [deleted, none, patch, 'not_found@7/4', null],
    [absent, none, upsert, 'created@9/1', '{"up":1}'],
    [deleted, none, upsert, 'created@9/5', '{"up":1}'],
    [live(5, 3), none, upsert, 'updated@9/4', '{"a":1,"b":2}'],
    [live(5, 3), none, noop, 'noop@5/3', '{"a":1}'],
    [live(5, 3), none, forced, 'updated@9/4', '{"a":1}'],
    [live(5, 3), none, nothing, 'unmergeable@5/3', '{"a":1}'],
    [live(5, 3), none, huge, 'too_large@5/3', '{"a":1}'],
  ];
for (const [before, condition, operation, expected, document] of rows) {
  const what = `${before.kind}, ${condition.kind}, ${operation.kind}`;
  test(`judge: ${what} is ${expected}`, () => {
    const change: Change = { condition, operation };
    const { outcome, after } = judge(before, change, 9);
    assert.equal(`${outcome.result}@${outcome.sequence}/${outcome.version}`, expected);
    assert.equal(after.kind === 'live' ? Buffer.from(after.source()).toString() : null, document);
    if (outcome.sequence !== 9) assert.equal(after, before);
  });
}

// Each row: a delete of a copy of 1, and whose deletion that is.
const deletions: [condition: Condition, origin: number][] = [
  [none, noOrigin],
  [at(5), noOrigin],
  [newer(7), noOrigin],
  [copy(1, 7), 1],
];
for (const [condition, origin] of deletions) {
  test(`judge: a copy that is deleted, ${condition.kind}, is a deletion of ${origin}`, () => {
    const { after } = judge(live(5, 3, 1), { condition, operation: remove }, 9);
    assert.equal(after.kind === 'deleted' && after.origin, origin);
  });
}

// Each row: a change of a copy of 1, and what the document after it is a copy of.
const ofWhat: [condition: Condition, operation: Operation, origin: number][] = [
  [copy(1, 4), put, 1],
  [copy(2, 4), put, 2],
  [copy(2, 3), put, 2],
  [none, noop, 1],
  [none, put, noOrigin],
  [newer(7), put, noOrigin],
  [none, patch, noOrigin],
  [none, forced, noOrigin],
];
for (const [condition, operation, origin] of ofWhat) {
  test(`judge: a copy after a ${operation.kind}, ${condition.kind}, is of ${origin}`, () => {
    const { after } = judge(live(5, 3, 1), { condition, operation }, 9);
    assert.equal(after.kind === 'live' && after.origin, origin);
  });
}

// Each row: what is laid into `{"o":{}}`, whether it becomes deeper than a put may be.
const depths: [what: string, operation: Operation, result: string][] = [
  ['as deep as may be', deepest, 'updated'],
  ['deeper', tooDeep, 'too_deep'],
  ['arrays as deep as may be', inArrays(limits.documentDepthMax - 2), 'updated'],
  ['deeper arrays', inArrays(limits.documentDepthMax - 1), 'too_deep'],
];
for (const [what, operation, result] of depths) {
  test(`judge: a patch that makes a document ${what} is ${result}`, () => {
    const source = (): Uint8Array => Buffer.from('{"o":{}}');
    const before: KeyState = { kind: 'live', sequence: 5, version: 3, origin: noOrigin, source };
    const { outcome, after } = judge(before, { condition: none, operation }, 9);
    assert.deepEqual([outcome.result, after === before], [result, result === 'too_deep']);
  });
}

test('judge: a put, a delete and a patch that the condition refuses do not read the document', () => {
  const source = (): Uint8Array => assert.fail('read');
  const before: KeyState = { kind: 'live', sequence: 5, version: 3, origin: noOrigin, source };
  for (const operation of [put, remove]) judge(before, { condition: none, operation }, 9);
  judge(before, { condition: at(4), operation: patch }, 9);
});
