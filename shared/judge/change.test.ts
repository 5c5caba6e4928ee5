import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeChange, encodeChange, type Change } from './change.ts';

const source = Buffer.from('{"a":1}');
const changes: [what: string, change: Change][] = [
  ['a put', { condition: { kind: 'none' }, operation: { kind: 'put', source } }],
  ['a create', { condition: { kind: 'absent' }, operation: { kind: 'put', source } }],
  ['a put at a sequence', { condition: { kind: 'sequence', sequence: 2 ** 40 }, operation: { kind: 'put', source } }],
  ['a put of a version', { condition: { kind: 'newer', version: 7 }, operation: { kind: 'put', source } }],
  ['a delete of a version', { condition: { kind: 'newer', version: 1 }, operation: { kind: 'delete' } }],
  [
    'a copy',
    { condition: { kind: 'copy', origin: 2 ** 32 - 1, version: 8, since: -1 }, operation: { kind: 'put', source } },
  ],
  [
    'a delete of a copy',
    { condition: { kind: 'copy', origin: 1, version: 2 ** 40, since: 2 ** 41 }, operation: { kind: 'delete' } },
  ],
  ['a delete of what exists', { condition: { kind: 'exists' }, operation: { kind: 'delete' } }],
  ['a patch', { condition: { kind: 'none' }, operation: patch(null, 'kept', true) }],
  ['a patch that removes', { condition: { kind: 'none' }, operation: patch(null, 'removed', false) }],
  ['an upsert', { condition: { kind: 'sequence', sequence: 0 }, operation: patch(Buffer.from('{}'), 'removed', true) }],
];

function patch(upsert: Uint8Array | null, nulls: 'kept' | 'removed', detectNoop: boolean): Change['operation'] {
  return { kind: 'patch', partial: source, nulls, upsert, detectNoop };
}

for (const [what, change] of changes) {
  test(`encodeChange: ${what} comes back as it was`, () => {
    const framed = Buffer.concat([Buffer.from('before'), encodeChange(change), Buffer.from('after')]);
    const decoded = decodeChange(framed.subarray(6, framed.length - 5));
    assert.deepEqual(decoded.condition, change.condition);
    assert.deepEqual(plain(decoded), plain(change));
  });

  test(`decodeChange: ${what} with any byte of its head changed is another change or a named error`, () => {
    const sound = encodeChange(change);
    for (let at = 0; at < (change.condition.kind === 'copy' ? 24 : 16); at++) {
      for (let value = 0; value < 256; value++) {
        const bytes = new Uint8Array(sound);
        bytes[at] = value;
        try {
          // What is read says exactly what was written, so that no two readers can differ in what they took from it.
          assert.deepEqual(Buffer.from(encodeChange(decodeChange(bytes))), Buffer.from(bytes));
        } catch (error) {
          const code = (error as { code?: string }).code;
          assert.ok(code === 'BATCH_INVALID' || code === 'JUDGEMENT_VERSION_UNKNOWN', String(error));
        }
      }
    }
  });
}

function plain({ operation }: Change): unknown {
  const text = (bytes: Uint8Array | null): string | null => bytes && Buffer.from(bytes).toString();
  if (operation.kind === 'delete') return operation;
  if (operation.kind === 'put') return { ...operation, source: text(operation.source) };
  return { ...operation, partial: text(operation.partial), upsert: text(operation.upsert) };
}

test('encodeChange: golden bytes', () => {
  const change: Change = {
    condition: { kind: 'sequence', sequence: 1 },
    operation: patch(Buffer.from('{}'), 'removed', true),
  };
  const expected = ['03', '03', '03', '07', '000000000000f03f', '02000000', '7b7d', '7b2261223a317d'].join('');
  assert.equal(Buffer.from(encodeChange(change)).toString('hex'), expected);
});

test('encodeChange: golden bytes of a copy', () => {
  const bytes = encodeChange({
    condition: { kind: 'copy', origin: 258, version: 1, since: 1 },
    operation: { kind: 'put', source },
  });
  const expected = ['03', '01', '05', '00', '000000000000f03f', '02010000', '000000000000f03f', '7b2261223a317d'].join(
    '',
  );
  assert.equal(Buffer.from(bytes).toString('hex'), expected);
});

test('decodeChange: one of a newer judgement is refused by name', () => {
  const bytes = encodeChange(changes[0]![1]);
  bytes[0] = 4;
  assert.throws(() => decodeChange(bytes), { code: 'JUDGEMENT_VERSION_UNKNOWN' });
});
