/**
 * What the API page fills in. Each example succeeds on a cluster with the demo, after those it builds upon: `books` and
 * `visits` are created by the examples of PUT, `wordnet` is the demo's. A test sends them all.
 */

/** By name: an operation's examples of the same name, in its path and its body, belong together. */
export type Examples = Readonly<Record<string, { readonly summary?: string; readonly value: unknown }>>;

/** As an option of a schema, for one that has several; one that has one has the standard `examples`. */
export const named = (examples: Examples) => ({ 'x-examples': examples });

export const newIndexNames: Examples = {
  documents: { value: 'books' },
  counters: { value: 'visits' },
  series: { value: 'shelf-000001' },
};

export const newIndexes: Examples = {
  documents: {
    summary: 'books, to search',
    value: {
      shards: 4,
      schema: {
        fields: {
          id: { kind: 'keyword' },
          title: { kind: 'text' },
          author: { kind: 'keyword' },
          year: { kind: 'integer' },
        },
      },
    },
  },
  counters: {
    summary: 'visits, to count: see POST /v1/counters/{index}',
    value: { kind: 'rollup', shards: 4, schema: { dimensions: { page: { kind: 'keyword' } }, metrics: { views: {} } } },
  },
  series: {
    summary: 'the first of indexes that follow one another: see POST /v1/aliases/{alias}/rollover',
    value: { shards: 1, schema: { dynamic: true, fields: {} } },
  },
};

/** `library` is `books`, and `shelf` rolls by hand. */
export const newAliases = {
  actions: [
    { add: { alias: 'library', index: 'books', write: true } },
    { add: { alias: 'shelf', index: 'shelf-000001', write: true } },
  ],
};

/** `events-000001` is created by it. */
export const newTemplate = {
  patterns: ['events-*'],
  priority: 10,
  shards: 2,
  schema: { dynamic: true, fields: { at: { kind: 'date' } } },
  aliases: { events: { write: true } },
  rollover: { alias: 'events', documents: 50_000_000, age: '30d', deleteAfter: '365d' },
};

export const newSnapshot = { name: 'before-change', timeout: '10m' };
export const newSource = {
  brokers: ['127.0.0.1:9092'],
  topic: 'orders',
  index: 'orders',
  key: 'message',
  add: { at: 'timestamp' },
};

export const book = { title: 'Moby-Dick; or, The Whale', author: 'Herman Melville', year: 1851 };

const books = [
  { id: 'emma', title: 'Emma', author: 'Jane Austen', year: 1815 },
  { id: 'walden', title: 'Walden; or, Life in the Woods', author: 'Henry David Thoreau', year: 1854 },
];

export const bookLines = books.map((each) => `${JSON.stringify(each)}\n`).join('');
export const bookArray = books;

export const newJobs: Examples = {
  update: {
    summary: 'mark the books of a century',
    value: {
      kind: 'updateByQuery',
      index: 'books',
      query: { range: { year: { lt: 1900 } } },
      document: { author: 'of the 19th century' },
    },
  },
  delete: {
    summary: 'delete what matches, 500 a second',
    value: { kind: 'deleteByQuery', index: 'books', query: { term: { author: 'nobody' } }, docsPerSecond: 500 },
  },
};

export const visit = { page: 'home', views: 1 };
export const visitForm = { home: 1, about: 2 };

export const newRestore = { index: 'books', as: 'books-before', at: 'before-change' };
