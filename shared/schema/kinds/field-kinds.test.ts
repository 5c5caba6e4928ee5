import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { valueTypes } from '../layouts.ts';
import { optionNames } from '../options/field-options.ts';
import { definitionOf, fieldKinds, kindsThat, shownKey, shownNameOf, type FieldKind } from './field-kinds.ts';

/** By kind, values in JSON: several ways of writing the first, then others. */
const examples: { readonly [Kind in FieldKind]: { same: readonly unknown[]; others: readonly unknown[] } } = {
  text: { same: ['The cat'], others: ['', '\ud800'] },
  keyword: { same: ['The cat'], others: ['', 'é'] },
  integer: { same: [0, -0], others: [-3, 2 ** 53 - 1] },
  float: { same: [0, -0], others: [0.1, -1e300] },
  boolean: { same: [true], others: [false] },
  ip: { same: ['10.0.0.1', '::ffff:10.0.0.1', '::FFFF:a00:1'], others: ['::', '2001:db8::1', '255.255.255.255'] },
  date: { same: ['1970-01-01', 0, '1970-01-01T02:00+02:00'], others: [-1, '2024-05-31T12:00:00.123Z'] },
};

function storedOf(kind: FieldKind, value: unknown): string | number {
  const reading = definitionOf(kind).read(value);
  assert.ok(reading.kind === 'value', `${JSON.stringify(value)} is no ${kind}`);
  return reading.value;
}

for (const kind of fieldKinds) {
  const { same, others } = examples[kind];
  const definition = definitionOf(kind);

  test(`${kind}: a value has one form in JSON, which is read as it`, () => {
    const forms = new Set(same.map((value) => JSON.stringify(definition.toJson(storedOf(kind, value)))));
    assert.equal(forms.size, 1);
    for (const value of [...same, ...others]) {
      const stored = storedOf(kind, value);
      assert.equal(typeof stored, valueTypes[definition.layout]);
      assert.ok(Object.is(storedOf(kind, definition.toJson(stored)), stored));
    }
  });

  test(`${kind}: takes the JSON types it says, and no other`, () => {
    const types = new Set([...same, ...others].map((value) => typeof value));
    assert.deepEqual([...types].sort(), [...definition.jsonTypes].sort());
    for (const value of ['?', 0.5, true, {}, undefined]) {
      const { jsonTypes, read } = definition;
      if (!(jsonTypes as readonly string[]).includes(typeof value)) assert.equal(read(value).kind, 'wrong');
    }
  });

  test(`${kind}: what answers show is read as the value`, () => {
    for (const value of [...same, ...others]) {
      const stored = storedOf(kind, value);
      const { key } = shownKey(shownNameOf(kind), stored);
      assert.deepEqual(definition.readShown(JSON.parse(JSON.stringify(key))), { kind: 'value', value: stored });
    }
  });
}

test('kinds: those whose values are shown under one name are shown alike', () => {
  const shownAs = Map.groupBy(fieldKinds, shownNameOf);
  assert.ok(shownAs.size > 1);
  for (const [name, kinds] of shownAs) {
    const forms = new Set(kinds.map((kind) => definitionOf(kind).shown));
    assert.equal(forms.size, 1, `${kinds.join(' and ')} have another form each under the name ${name}`);
  }
});

test('kinds: each stands in the table of docs/schema.md', () => {
  const page = readFileSync(new URL('../../../docs/schema.md', import.meta.url), 'utf8');
  const table = page.slice(page.indexOf('## Field kinds'));
  for (const kind of fieldKinds) assert.match(table, new RegExp(`^\\| \`${kind}\` \\|`, 'm'));
});

test('kinds: every option is that of a kind, and what can be sorted or computed with can be told apart', () => {
  for (const name of optionNames)
    assert.notDeepEqual(
      kindsThat(({ options }) => options.includes(name)),
      [],
    );
  assert.deepEqual(
    kindsThat(({ isSortable, aggregated }) => isSortable !== (aggregated !== 'never')),
    [],
  );
});
