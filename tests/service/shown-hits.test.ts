/** What hits can show besides themselves: why they score as they do, and where they match. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must, send } from './client.ts';

interface Explanation {
  readonly value: number;
  readonly details?: readonly Explanation[];
}

interface Found {
  readonly hits: {
    readonly hits: readonly {
      readonly _id: string;
      readonly _score: number;
      readonly _explanation?: Explanation;
      readonly highlight?: Readonly<Record<string, readonly string[]>>;
      readonly highlight_skipped?: { readonly limit: number; readonly actual: number };
    }[];
  };
}

const schema = {
  dynamic: 'false',
  fields: {
    id: { kind: 'keyword' },
    n: { kind: 'integer' },
    title: { kind: 'text', fields: { raw: { kind: 'keyword' } } },
    body: { kind: 'text', analyzer: 'english' },
  },
};

let cluster: Cluster;
let search = '';
before(async () => {
  cluster = await startCluster({ leaves: 2 });
  const url = `${cluster.url}/v1/indexes/shown`;
  search = `${url}/search`;
  await must('PUT', url, { shards: 4, schema });
  const documents = [
    { id: 'a', title: 'Cats & dogs', body: 'The cats are running <fast>. A dog ran.' },
    { id: 'b', title: 'A dog', body: `${'Words of no matter. '.repeat(40)}One cat runs. ${'More words. '.repeat(40)}` },
    { id: 'c', title: 'Nothing', body: 'nothing' },
    { id: 'big', title: 'A large cat', body: 'cat '.repeat(2_500_000) },
  ];
  await must(
    'POST',
    `${url}/documents?key=id&refresh=wait`,
    documents.map((one) => `${JSON.stringify(one)}\n`).join(''),
  );
});
after(() => cluster?.stop());

test('explain: the value of each hit is its score, with all counts of the whole index', async () => {
  const query = { bool: { must: { match: { title: 'cat cats dog' } }, should: { match: { body: 'run fast' } } } };
  const { hits } = await must<Found>('POST', search, { query, explain: true, _source: false, timeout: '30s' });
  assert.deepEqual(hits.hits.map(({ _id }) => _id).sort(), ['a', 'b', 'big']);
  const leaves = (node: Explanation): number[] => node.details?.flatMap(leaves) ?? [node.value];
  for (const { _score, _explanation } of hits.hits) {
    assert.equal(_explanation?.value, _score);
    assert.equal(leaves(_explanation)[0], 4, 'the documents with a title, over all shards');
  }
});

test('highlight: stems, phrases, prefixes and keywords, for HTML', async () => {
  const query = {
    bool: {
      should: [
        { match: { body: 'run cat' } },
        { prefix: { 'title.raw': 'Cats' } },
        { match_phrase: { title: 'a dog' } },
      ],
    },
  };
  const highlight = { fields: { body: { fragment_size: 40 }, title: {}, 'title.raw': {} }, encoder: 'html' };
  const { hits } = await must<Found>('POST', search, { query, highlight, _source: false, timeout: '30s' });
  const shown = Object.fromEntries(hits.hits.map((hit) => [hit._id, hit.highlight ?? hit.highlight_skipped]));
  assert.deepEqual(shown, {
    a: {
      body: ['The <em>cats</em> are <em>running</em> &lt;fast&gt;. A dog ran.'],
      'title.raw': ['<em>Cats &amp; dogs</em>'],
    },
    b: { body: ['no matter. One <em>cat</em> <em>runs</em>. More words.'], title: ['<em>A</em> <em>dog</em>'] },
    big: { limit: 524_288, actual: 10_000_044 },
  });
});

test('highlight and explain: what is refused', async () => {
  // Each row: the body, code and place of the refusal.
  const rows: [body: object, refusal: string][] = [
    [{ explain: 1 }, 'REQUEST_TYPE_WRONG /explain'],
    [{ explain: true, size: 101 }, 'RESULT_WINDOW_TOO_LARGE /explain'],
    [{ explain: true, sort: 'n' }, 'REQUEST_VALUE_INVALID /explain'],
    [{ highlight: {} }, 'REQUEST_FIELD_MISSING /highlight'],
    [{ highlight: { fields: ['title'] }, size: 1001 }, 'RESULT_WINDOW_TOO_LARGE /highlight'],
    [{ highlight: { fields: ['no'] } }, 'FIELD_UNKNOWN /highlight/fields/0'],
    [{ highlight: { fields: ['n'] } }, 'FIELD_KIND_WRONG /highlight/fields/0'],
    [
      { highlight: { fields: { title: { fragment_size: 0 } } } },
      'REQUEST_VALUE_INVALID /highlight/fields/title/fragment_size',
    ],
    [{ highlight: { fields: { title: { order: 1 } } } }, 'REQUEST_FIELD_UNKNOWN /highlight/fields/title/order'],
    [{ highlight: { fields: Array(21).fill('title') } }, 'REQUEST_VALUE_INVALID /highlight/fields'],
    [
      { highlight: { fields: ['title'], number_of_fragments: 101 } },
      'REQUEST_VALUE_INVALID /highlight/number_of_fragments',
    ],
    [{ highlight: { fields: ['title'], pre_tag: 'x'.repeat(101) } }, 'REQUEST_VALUE_INVALID /highlight/pre_tag'],
    [{ highlight: { fields: ['title'], encoder: 'xml' } }, 'REQUEST_VALUE_INVALID /highlight/encoder'],
  ];
  for (const [body, expected] of rows) {
    const { status, body: answer } = await send<{ error: { code: string; at: string } }>('POST', search, body);
    assert.equal(`${status} ${answer.error.code} ${answer.error.at}`, `400 ${expected}`, JSON.stringify(body));
  }
});
