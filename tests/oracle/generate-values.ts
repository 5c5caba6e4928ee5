/** The schema of the random documents, and random values for each of its fields: for documents and for queries alike. */
import type { Random } from '../../shared/random/random.ts';
import type { FieldKind } from '../../shared/schema/kinds/field-kinds.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import type { Scalar } from './json.ts';

/** Every kind, the kinds that have a second reading, objects, and arrays of objects. */
export const schema: IndexSchema = {
  dynamic: 'strict',
  fields: {
    id: { kind: 'keyword' },
    title: {
      kind: 'text',
      fields: { raw: { kind: 'keyword', ignoreAbove: 40 }, stem: { kind: 'text', analyzer: 'english' } },
    },
    body: { kind: 'text', bm25: { k1: 0.9, b: 0.4 }, fields: { simple: { kind: 'text', analyzer: 'simple' } } },
    tags: { kind: 'keyword', fields: { words: { kind: 'text' } } },
    rank: { kind: 'integer', fields: { exact: { kind: 'float' } } },
    price: { kind: 'float' },
    active: { kind: 'boolean' },
    created: { kind: 'date' },
    'author.name': { kind: 'keyword' },
    'author.born': { kind: 'date' },
    'parts.size': { kind: 'integer' },
    'parts.label': { kind: 'text' },
    'parts.codes': { kind: 'keyword' },
    address: { kind: 'ip', fields: { written: { kind: 'keyword' } } },
  },
};

/** Fields by kind, sub-fields included: what queries choose from. */
export const fieldsOfKind: Readonly<Record<FieldKind, readonly string[]>> = {
  text: ['title', 'title.stem', 'body', 'body.simple', 'tags.words', 'parts.label'],
  keyword: ['title.raw', 'tags', 'author.name', 'parts.codes', 'id'],
  integer: ['rank', 'parts.size'],
  float: ['price', 'rank.exact'],
  boolean: ['active'],
  date: ['created', 'author.born'],
  ip: ['address'],
};

/**
 * Few words, so that they meet. Beside plain ones: prefixes of one another, names every JavaScript object has, letters
 * with marks, and letters on both sides of the surrogates, where UTF-16 order and code point order part.
 */
const words = [
  'cat',
  'cats',
  'catalog',
  'dog',
  'fox',
  'runs',
  'the',
  'constructor',
  '42',
  'naïve',
  'naive',
  'ΣΟΦΟΣ',
  '語',
  'ﬁn',
  '𝒳y',
  '𐐷a',
];

const keywords = [
  '',
  'a',
  'ab',
  'abc',
  'B',
  'é',
  'e\u0301',
  '__proto__',
  'a b',
  '10',
  '9',
  '\uffee',
  '𝒳',
  '🦊',
  'a"\\\n',
];

const separators = [' ', ' ', ' ', ', ', '-', ' 🦊 ', "'", '\t'];

export function randomWord(random: Random): string {
  const word = random.pick(words);
  return random.chance(0.2) ? word.toUpperCase() : word;
}

/** A text of 0 to 8 words. */
export function randomText(random: Random): string {
  const count = random.chance(0.1) ? 0 : random.integer(1, 8);
  return Array.from({ length: count }, () => randomWord(random) + random.pick(separators)).join('');
}

/** Near changes of clocks in Paris, New York and Lord Howe. */
const nearChanges = [
  Date.UTC(2021, 9, 31, 0, 30),
  Date.UTC(2021, 9, 31, 1, 30),
  Date.UTC(2022, 2, 27, 0, 59),
  Date.UTC(2022, 2, 27, 1),
  Date.UTC(2022, 2, 13, 7, 10),
  Date.UTC(2022, 3, 2, 15, 10),
];

function randomDate(random: Random): Scalar {
  // Few days and hours, so that dates repeat; some before 1970.
  const day = random.chance(0.2) ? random.integer(-40, 5) : random.integer(19_000, 19_040);
  const time = random.chance(0.2) ? random.pick(nearChanges) : day * 86_400_000 + random.integer(0, 3) * 21_600_000;
  const date = new Date(time).toISOString();
  return random.pick<Scalar>([time, date, date.slice(0, 10), date.replace('Z', '+02:00'), date.replace('.000Z', '')]);
}

/** One value of a field, or of the path that a sub-field reads. */
export function randomValue(random: Random, field: string): Scalar {
  switch (field) {
    case 'id':
      return `key ${random.integer(0, 400)}`;
    case 'title':
    case 'title.raw':
      // Whole titles must repeat for the keyword reading of them to match.
      return random.chance(0.5) ? randomText(random) : randomWord(random);
    case 'body':
      return random.chance(0.05) ? `cat\ud800 ${randomText(random)}` : randomText(random);
    case 'parts.label':
      return randomText(random);
    case 'tags':
      return random.pick([...keywords, 'cat dog', 'Fox']);
    case 'tags.words':
      return randomWord(random);
    case 'author.name':
    case 'parts.codes':
      return random.pick(keywords);
    case 'rank':
    case 'rank.exact':
    case 'parts.size':
      return random.chance(0.05) ? random.pick([-1_000, 0, 1_000]) : random.integer(-12, 30);
    case 'price':
      return random.pick([random.integer(-80, 400) / 8, random.integer(0, 20), 19.99, 0.1, -0.5]);
    case 'active':
      return random.chance(0.7);
    case 'created':
    case 'author.born':
      return randomDate(random);
    default:
      throw new Error(`there are no random values for ${field}`);
  }
}
