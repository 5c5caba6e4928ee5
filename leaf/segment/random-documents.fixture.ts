/** Seeded documents, queries and snapshots for property tests. */
import { indexedFields } from '../../shared/schema/schema.ts';
import type { IndexedField, IndexSchema } from '../../shared/schema/schema.ts';
import type { SegmentDocument } from './build.ts';

/** A generator of numbers from 0 to 1, 1 excluded (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export class Draw {
  readonly random: () => number;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  /** 0 to limit − 1. */
  below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** Up to `countMax` results, possibly none. */
  some<T>(countMax: number, make: () => T): T[] {
    return Array.from({ length: this.below(countMax + 1) }, make);
  }
}

const schema: IndexSchema = {
  dynamic: 'strict',
  fields: {
    title: { kind: 'text', fields: { raw: { kind: 'keyword' } } },
    'author.name': { kind: 'keyword' },
    rank: { kind: 'integer' },
    price: { kind: 'float' },
    sold: { kind: 'boolean' },
    made: { kind: 'date' },
  },
};

export const fields: readonly IndexedField[] = indexedFields(schema);

export const words = ['cat', 'dog', 'Über', 'a', 'ab', 'abc', 'zebra', 'ﬀ', '𝒳x', '__proto__', 'constructor'];
/** Some of these sort differently by UTF-16 than by code points. */
export const names = ['', 'a', 'ab', 'b', 'Z', '\u{1f600}', '\ufffd', 'ff', '__proto__', 'toString'];
export const numbers = [-2, -1.5, -0.7, -0, 0, 0.1, 0.125, 0.25, 1, 2, 3.75, 19.99, 1e9];

/** Near changes of clocks in Paris, Lord Howe and Samoa, and long before there were any. */
export const dates = [
  '2024-05-31',
  '2024-10-27T00:59:59Z',
  '2024-10-27T01:00:00Z',
  '2024-03-31T01:10:00Z',
  '2024-10-05T15:40:00Z',
  '2011-12-30T09:59:59.999Z',
  '2011-12-30T10:00:00Z',
  '1911-03-10T23:50:38Z',
  '0001-01-01',
];

/** Sometimes nothing, null, a value, or an array with nulls in it. */
function maybe<T>(draw: Draw, make: () => T): T | null | undefined | (T | null)[] {
  const kind = draw.below(6);
  if (kind === 0) return undefined;
  if (kind === 1) return null;
  return kind < 5 ? make() : draw.some(4, () => (draw.chance(0.1) ? null : make()));
}

function randomDocument(draw: Draw): Record<string, unknown> {
  return {
    title: maybe(draw, () => draw.some(6, () => draw.pick(words)).join(' ')),
    author: draw.chance(0.2)
      ? draw.some(3, () => ({ name: maybe(draw, () => draw.pick(names)) }))
      : { name: maybe(draw, () => draw.pick(names)) },
    rank: maybe(draw, () => Math.trunc(draw.pick(numbers))),
    price: maybe(draw, () => draw.pick(numbers)),
    sold: maybe(draw, () => draw.chance(0.5)),
    made: maybe(draw, () => (draw.chance(0.5) ? draw.pick(dates) : draw.below(3) * 86_400_000)),
  };
}

/** Documents with keys k0, k1, …, offsets that ascend with gaps, some versions above 1 and some that are copies. */
export function randomDocuments(draw: Draw, count: number, first = { number: 0, offset: 0 }): SegmentDocument[] {
  let { offset } = first;
  return Array.from({ length: count }, (_, i) => {
    offset += 1 + draw.below(3);
    const source = Buffer.from(JSON.stringify(randomDocument(draw)));
    const copied = i % 5 === 0 ? { origin: 1 + (i % 2) } : {};
    return { key: `k${first.number + i}`, offset, source, version: i % 3 === 0 ? 1 + (i % 50) : 1, ...copied };
  });
}
