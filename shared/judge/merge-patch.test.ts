import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergePatch } from './merge-patch.ts';
import { roundsOf } from '../../tests/stages/rounds.ts';

function merged(source: string, partial: string, nulls: 'kept' | 'removed' = 'kept'): string | null {
  const result = mergePatch(Buffer.from(source), Buffer.from(partial), { nulls });
  return result && `${Buffer.from(result.source).toString()}${result.isSame ? ' (same)' : ''}`;
}

// Each row: the document, what is laid over it, the document after.
const rows: [source: string, partial: string, expected: string | null][] = [
  ['{"a":1}', '{}', '{"a":1} (same)'],
  ['{"a":1}', '{"a":1}', '{"a":1} (same)'],
  ['{ "a" : 1 }', '{"a":1}', '{"a":1} (same)'],
  ['{"a":1}', '{"a":1.0}', '{"a":1.0}'],
  ['{"a":1,"b":2}', '{"a":3}', '{"a":3,"b":2}'],
  ['{"a":{"x":1,"y":2}}', '{"a":{"y":3}}', '{"a":{"x":1,"y":3}}'],
  ['{"a":[1,2]}', '{"a":[3]}', '{"a":[3]}'],
  ['{"a":[{"x":1}]}', '{"a":{"x":1}}', '{"a":{"x":1}}'],
  ['{"a":1}', '{"a":{"b":1}}', '{"a":{"b":1}}'],
  ['{"a":1}', '{"a":null}', '{"a":null}'],
  ['{"a":1}', '{"b":{"c":null}}', '{"a":1,"b":{"c":null}}'],
  // Names with dots are paths.
  ['{"o":{"a":1}}', '{"o.a":2}', '{"o":{"a":2}}'],
  ['{"o":{"a":1}}', '{"o.a":1}', '{"o":{"a":1}} (same)'],
  ['{"o":{"a":1}}', '{"o.b":2}', '{"o":{"a":1,"b":2}}'],
  ['{"o":{"a":1}}', '{"o.b.c":2}', '{"o":{"a":1,"b.c":2}}'],
  ['{"o.a":1}', '{"o":{"a":2}}', '{"o.a":2}'],
  ['{"o.a":1}', '{"o":{"b":2}}', '{"o.a":1,"o":{"b":2}}'],
  ['{"o.a":1,"o":{"a":2}}', '{"o.a":3}', '{"o.a":3,"o":{"a":2}}'],
  ['{"o.p":{"a":1}}', '{"o":{"p.a":2,"q":3}}', '{"o.p":{"a":2},"o":{"q":3}}'],
  ['{}', '{"o.a":1}', '{"o.a":1}'],
  ['{"x":1}', '{"o":{"p.a":1}}', '{"x":1,"o":{"p.a":1}}'],
  ['{"o":1}', '{"o.a":2}', '{"o":1,"o.a":2}'],
  ['{"o":[{"a":1}]}', '{"o.a":2}', '{"o":[{"a":1}],"o.a":2}'],
  ['{"o":{"a":{"x":1}}}', '{"o.a":{"y":2}}', '{"o":{"a":{"x":1,"y":2}}}'],
  ['{"o":{"a":1}}', '{"o.a":{}}', '{"o":{"a":{}}}'],
  ['{"o":{"a":{"x":1}}}', '{"o.a":{}}', '{"o":{"a":{"x":1}}} (same)'],
  ['{"a":{}}', '{".a":1,"a.":2,"..":3}', '{"a":{"":2},".a":1,"..":3}'],
  [`{"o":{"a":1}}`, `{"o.${'x.'.repeat(200)}":2}`, `{"o":{"a":1},"o.${'x.'.repeat(200)}":2}`],
  [`{"o":{"${'x.'.repeat(200)}":1}}`, `{"o":{"${'x.'.repeat(200)}":2}}`, `{"o":{"${'x.'.repeat(200)}":2}}`],
  ['{"a":{"b.c":1},"a.b":{"c":2}}', '{"a.b.c":9}', '{"a":{"b.c":1},"a.b":{"c":9}}'],
  [`{"a":{"${'x'.repeat(254)}":1}}`, `{"a.${'x'.repeat(254)}":2}`, `{"a":{"${'x'.repeat(254)}":2}}`],
  [
    `{"a":{"${'x'.repeat(255)}":1}}`,
    `{"a.${'x'.repeat(255)}":2}`,
    `{"a":{"${'x'.repeat(255)}":1},"a.${'x'.repeat(255)}":2}`,
  ],
  ['{"a":1}', '{"o.__proto__":2,"__proto__.o":3}', '{"a":1,"o.__proto__":2,"__proto__.o":3}'],
  ['{"id":9007199254740993}', '{"b":1}', '{"id":9007199254740993,"b":1}'],
  ['{"id":9007199254740993}', '{"id":9007199254740992}', '{"id":9007199254740992}'],
  ['{"id":9007199254740993}', '{"id":{"x":1}}', '{"id":{"x":1}}'],
  ['{"x":1e400,"y":-0,"z":1.10}', '{"w":0}', '{"x":1e400,"y":-0,"z":1.10,"w":0}'],
  ['{"__proto__":{"a":1}}', '{"__proto__":{"b":2}}', '{"__proto__":{"a":1,"b":2}}'],
  ['{"a":1}', '{"__proto__":{"b":2}}', '{"a":1,"__proto__":{"b":2}}'],
  ['{"toString":1}', '{"constructor":{"a":1}}', '{"toString":1,"constructor":{"a":1}}'],
  ['{"a":"\\ud800"}', '{"b":"é"}', '{"a":"\\ud800","b":"é"}'],
  ['[1]', '{"a":1}', null],
  ['{"a":1}', '[1]', null],
  ['{"a":1}', '3', null],
  ['9007199254740993', '{"a":1}', null],
  ['{"a":1', '{"a":1}', null],
];
for (const [source, partial, expected] of rows) {
  test(`mergePatch: ${source} and ${partial}`, () => assert.equal(merged(source, partial), expected));
}

// RFC 7396, appendix A, as far as both are objects.
const removing: [source: string, partial: string, expected: string][] = [
  ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
  ['{"a":"b"}', '{"a":null}', '{}'],
  ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
  ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
  ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
  ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
  ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
  ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ['{"o":{"a":1,"b":2}}', '{"o.a":null}', '{"o":{"b":2}}'],
  ['{"o.a":1,"b":2}', '{"o":{"a":null}}', '{"b":2}'],
  ['{"o":{"b":2}}', '{"o.a":null,"p.q":null}', '{"o":{"b":2}} (same)'],
];
for (const [source, partial, expected] of removing) {
  test(`mergePatch: nulls remove, ${source} and ${partial}`, () =>
    assert.equal(merged(source, partial, 'removed'), expected));
}

test('mergePatch: a patch laid over twice changes nothing the second time, fuzzed', () => {
  for (let seed = 1; seed <= roundsOf(2000); seed++) {
    const random = generator(seed);
    const [source, partial] = [document(random, 3), document(random, 3)].map((value) => JSON.stringify(value));
    for (const nulls of ['kept', 'removed'] as const) {
      const once = mergePatch(Buffer.from(source!), Buffer.from(partial!), { nulls })!;
      const twice = mergePatch(once.source, Buffer.from(partial!), { nulls })!;
      assert.ok(twice.isSame, `seed ${seed}: ${source} ${partial}`);
      if (nulls === 'kept') {
        assert.deepEqual(JSON.parse(Buffer.from(once.source).toString()), slow(source!, partial!), `seed ${seed}`);
      }
    }
  }
});

test('mergePatch: of the ways to write a path the first sixteen objects on them are looked into', () => {
  // So deep, a path of as many steps is written in more ways than can be looked into.
  const nested = (depth: number, last: object): object =>
    depth <= 1 ? { a: depth === 1 ? last : {} } : { a: nested(depth - 1, last), 'a.a': nested(depth - 2, {}) };
  const patched = (depth: number): string => {
    const source = JSON.stringify(nested(depth, { z: 1 }));
    return merged(source, JSON.stringify({ [`${'a.'.repeat(depth)}z`]: 2 })) ?? '';
  };
  const zs = (text: string): string[] => text.match(/"z":\d/g) ?? [];
  assert.deepEqual(zs(patched(3)), ['"z":2']);
  assert.deepEqual(zs(patched(8)), ['"z":1', '"z":2']);
  const patch = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`${'a.'.repeat(18)}z${i}`, i]));
  const { source } = mergePatch(Buffer.from(JSON.stringify(nested(18, {}))), Buffer.from(JSON.stringify(patch)), {
    nulls: 'kept',
  })!;
  assert.equal(
    Buffer.from(source)
      .toString()
      .match(/"z\d+"/g)?.length,
    200,
  );
});

/** Paths of which none is in the way of another. */
const paths = ['a', 'b.x', 'b.y', 'b.z.u', 'b.z.v', 'c.d.e.f', 'c.d.g', '7.8'];

test('mergePatch: however paths are written, those of the patch have its values and the others keep theirs, fuzzed', () => {
  for (let seed = 1; seed <= 3000; seed++) {
    const random = generator(seed);
    const draw = (): Map<string, unknown> => {
      const drawn = paths
        .filter(() => random() < 0.5)
        .map((path): [string, unknown] => [path, random() < 0.2 ? null : Math.floor(random() * 9)]);
      return new Map(drawn);
    };
    const [before, patch] = [draw(), draw()];
    const [source, partial] = [before, patch].map((values) => JSON.stringify(written(values, random)));
    for (const nulls of ['kept', 'removed'] as const) {
      const { source: after } = mergePatch(Buffer.from(source!), Buffer.from(partial!), { nulls })!;
      const expected = new Map([...before, ...patch]);
      if (nulls === 'removed') for (const [path, value] of patch) if (value === null) expected.delete(path);
      const found = new Map(valuesByPath(JSON.parse(Buffer.from(after).toString()) as object, ''));
      const byPath = (values: Map<string, unknown>) => [...values].toSorted(([one], [other]) => (one < other ? -1 : 1));
      assert.deepEqual(byPath(found), byPath(expected), `seed ${seed}: ${source} ${partial}`);
    }
  }
});

/** An object that has the values under their paths, each step of which is a name with dots or an object. */
function written(values: ReadonlyMap<string, unknown>, random: () => number): object {
  const made: Record<string, unknown> = {};
  for (const [path, value] of values) {
    let object = made;
    let name = '';
    for (const step of path.split('.')) {
      const there = object[name];
      // What is written in one way is not written in another.
      const goesIn = typeof there === 'object' || (name !== '' && random() < 0.5);
      if (goesIn) {
        object = (object[name] ??= {}) as Record<string, unknown>;
        name = step;
      } else name = name === '' ? step : `${name}.${step}`;
    }
    object[name] = value;
  }
  return made;
}

function* valuesByPath(object: object, above: string): Generator<[path: string, value: unknown]> {
  for (const [name, value] of Object.entries(object) as [string, unknown][]) {
    if (typeof value === 'object' && value !== null) yield* valuesByPath(value, `${above}${name}.`);
    else yield [`${above}${name}`, value];
  }
}

function generator(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

function document(random: () => number, depth: number): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  for (const name of ['a', 'b', 'c', '7']) {
    const draw = random();
    if (draw < 0.3 && depth > 0) members[name] = document(random, depth - 1);
    else if (draw < 0.4) members[name] = null;
    else if (draw < 0.5) members[name] = [1, { a: 2 }];
    else if (draw < 0.8) members[name] = Math.floor(random() * 3);
  }
  return members;
}

/** The rule in the plainest words: every path of the patch that ends in something else than an object is set. */
function slow(source: string, partial: string): unknown {
  const target = JSON.parse(source) as Record<string, unknown>;
  const walk = (patch: Record<string, unknown>, path: string[]): void => {
    for (const [name, value] of Object.entries(patch)) {
      let place = target;
      for (const step of path) place = place[step] as Record<string, unknown>;
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        const there = place[name];
        if (typeof there !== 'object' || there === null || Array.isArray(there)) place[name] = {};
        walk(value as Record<string, unknown>, [...path, name]);
      } else place[name] = value;
    }
  };
  walk(JSON.parse(partial) as Record<string, unknown>, []);
  return target;
}
