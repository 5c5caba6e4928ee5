/** JSON schemas of searches, for the API page; root/query decides what is allowed. */
import { spreads } from '../../shared/query/request.ts';
import { Type } from 'typebox';
import { limits } from '../../shared/limits.ts';
import { pipelineKinds } from '../pipelines/table.ts';
import { aggregationKinds } from '../query/aggregations/table.ts';
import { clauseNames } from '../query/read-query.ts';

const anyAggregation = new Intl.ListFormat('en-GB', { type: 'disjunction' }).format([
  ...aggregationKinds,
  ...pipelineKinds,
]);

const open = Type.Record(Type.String(), Type.Unknown());

export const searchBody = Type.Object(
  {
    query: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description: `One clause: ${clauseNames.join(', ')}; match_all when absent.`,
      }),
    ),
    from: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
    size: Type.Optional(
      Type.Integer({ minimum: 0, default: 10, description: `from + size is at most ${limits.resultWindowMax}.` }),
    ),
    sort: Type.Optional(
      Type.Union([Type.String(), open, Type.Array(Type.Union([Type.String(), open]))], {
        description: 'Fields, _score or _doc, each with an order; fields with missing and mode too.',
      }),
    ),
    search_after: Type.Optional(
      Type.Array(Type.Unknown(), { description: 'The sort of a hit: only hits that rank after it.' }),
    ),
    at: Type.Optional(
      Type.Union([Type.Literal(true), Type.String()], {
        description: 'true pins the state that answers for a while; the at of an answer asks for its state again.',
      }),
    ),
    _source: Type.Optional(
      Type.Union([Type.Boolean(), Type.String(), Type.Array(Type.String()), open], {
        description: 'Which parts of the documents come back.',
      }),
    ),
    track_total_hits: Type.Optional(
      Type.Union([Type.Boolean(), Type.Integer({ minimum: 0 })], {
        default: 10_000,
        description: 'Totals are exact up to here, and gte beyond.',
      }),
    ),
    timeout: Type.Optional(
      Type.Union([Type.String(), Type.Number()], {
        description: '"200ms", "1s", or milliseconds; kept whatever a leaf does.',
      }),
    ),
    aggs: Type.Optional(
      Type.Record(Type.String(), open, {
        description: `By name: ${anyAggregation}; buckets nest further aggs. terms and multi_terms at the top take accuracy: fast, bounded or exact.`,
      }),
    ),
    aggregations: Type.Optional(Type.Record(Type.String(), open, { description: 'The same as aggs.' })),
    coverage: Type.Optional(
      Type.Object({
        min: Type.Optional(
          Type.Number({ minimum: 0, maximum: 1, default: 1, description: 'Share of the shards that must answer.' }),
        ),
        strict: Type.Optional(
          Type.Boolean({
            default: false,
            description: 'Wait for all shards until the timeout, even when enough have answered.',
          }),
        ),
        maxLag: Type.Optional(
          Type.Union([Type.String(), Type.Number()], {
            description:
              '"5s" or milliseconds, 1 second or more: a shard fails with REPLICA_STALE unless a replica of it has every entry of the log known for so long. Left out, a replica of any age answers, and freshness says how old.',
          }),
        ),
      }),
    ),
    bigInts: Type.Optional(
      Type.String({
        enum: ['string', 'error'],
        default: 'string',
        description: 'Sums of integers beyond 2^53 come as strings, or the search is refused.',
      }),
    ),
    priority: Type.Optional(
      Type.String({ enum: ['interactive', 'batch'], default: 'interactive', description: 'batch is refused first.' }),
    ),
    spread: Type.Optional(
      Type.String({
        enum: [...spreads],
        description:
          'wide: all leaves share the work of this query, in lots. narrow: the fewest leaves are asked. even: each shard of its best replica.',
      }),
    ),
    highlight: Type.Optional(
      Type.Object(
        {
          fields: Type.Union([Type.Array(Type.String()), open], { description: 'Names, or options by name.' }),
          pre_tag: Type.Optional(Type.String({ default: '<em>' })),
          post_tag: Type.Optional(Type.String({ default: '</em>' })),
          fragment_size: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.fragmentSizeMax, default: 100 })),
          number_of_fragments: Type.Optional(Type.Integer({ minimum: 0, maximum: limits.fragmentsMax, default: 5 })),
          encoder: Type.Optional(Type.String({ enum: ['default', 'html'], default: 'default' })),
        },
        { description: 'Each hit shows where it matches.' },
      ),
    ),
    explain: Type.Optional(
      Type.Boolean({ default: false, description: 'Each hit has the tree of numbers its score is made of.' }),
    ),
    profile: Type.Optional(Type.Boolean({ default: false, description: 'Adds the timeline of every attempt.' })),
    token: Type.Optional(Type.String({ description: 'Of a write that the answer must include.' })),
  },
  {
    additionalProperties: false,
    examples: [
      {
        query: { bool: { must: [{ match: { definition: 'cat' } }], filter: [{ range: { word_count: { gte: 2 } } }] } },
        aggs: { parts: { terms: { field: 'part_of_speech' } } },
        size: 3,
      },
    ],
  },
);

const text = (description: string) => Type.Optional(Type.String({ description }));

export const routingOfSearch = text(
  'Routings, parted by commas: only their shards are asked, and counted by coverage.',
);

export const searchParameters = Type.Object({
  q: Type.Optional(
    Type.String({
      description: 'Query string: words, AND OR NOT + -, parentheses, field:value, field:[a TO b].',
      examples: ['cat AND dog'],
    }),
  ),
  from: text('Hits to skip.'),
  size: text('Hits to return.'),
  sort: text('Comma-separated field:asc or field:desc, _score, _doc.'),
  _source: text('true, false, or comma-separated paths.'),
  track_total_hits: text('true, false, or a number.'),
  timeout: text('"200ms", "1s", or milliseconds.'),
  'coverage.min': text('Share of the shards that must answer, 0 to 1.'),
  'coverage.strict': text('true: wait for all shards until the timeout, even when enough have answered.'),
  'coverage.maxLag': text('"5s" or milliseconds: how long a replica may lack what is known to be in the log.'),
  priority: text('interactive or batch: batch is refused first.'),
  spread: text('even, wide or narrow: how the work is divided among leaves.'),
  profile: text('true: adds the timeline of every attempt.'),
  token: text('Of a write that the answer must include.'),
  routing: routingOfSearch,
});

const orNull = (description: string) => Type.Union([Type.Integer(), Type.Null()], { description });

const ofSeveral = Type.String({ description: 'Name of the index, where several were searched.' });

const coverage = Type.Object({
  shards: Type.Object(
    {
      asked: Type.Integer(),
      answered: Type.Integer(),
      failed: Type.Integer(),
      skipped: Type.Optional(
        Type.Integer({ description: 'Of several indexes: shards whose values exclude what is looked for.' }),
      ),
    },
    { description: 'asked = answered + failed + skipped; `skipped` is left out where there are none.' },
  ),
  documents: Type.Object({ asked: Type.Union([Type.Integer(), Type.Null()]), answered: Type.Integer() }),
  ratio: Type.Number(),
  failures: Type.Array(
    Type.Object({
      index: Type.Optional(ofSeveral),
      code: Type.String(),
      reason: Type.String(),
      leaf: Type.Optional(Type.String()),
      shards: Type.Array(Type.Integer()),
      detail: Type.Optional(open),
    }),
  ),
  freshness: Type.Object(
    {
      behind: orNull('Log offsets from the replicas that answered to the heads this root knows.'),
      oldestUnseenMs: orNull('For how long the oldest of these has been known to this root.'),
      asOfMs: orNull('Age of the knowledge of the heads.'),
    },
    { description: 'How far the shards that answered are behind the log. null: not known, as while the log is away.' },
  ),
  missing: Type.Optional(
    Type.Array(
      Type.Object({
        index: Type.Optional(ofSeveral),
        shard: Type.Integer(),
        offset: orNull('Log offset of the state.'),
        documents: orNull('Live documents in it.'),
      }),
      {
        description:
          'The shards that did not answer, each in the state that bounds are of, as a replica told it last. null: none ever did.',
      },
    ),
  ),
  stopped: Type.Optional(
    Type.Array(
      Type.Object({
        index: Type.Optional(ofSeveral),
        shard: Type.Integer(),
        offset: Type.Integer(),
        code: Type.String(),
      }),
      {
        description: 'Shards that answered without what the log has from this offset on, because nobody can read it.',
      },
    ),
  ),
});

/** What is said besides of a number where shards did not answer. */
const bounds = Type.Union(
  [
    Type.Object({ min: Type.Union([Type.Number(), Type.Null()]), max: Type.Union([Type.Number(), Type.Null()]) }),
    Type.Null(),
  ],
  {
    description:
      'Only where complete is false: what the true number is within, in every case. null: there is no limit.',
  },
);
const boundsReason = Type.String({
  description: 'Why there are no bounds.',
  enum: ['unknown', 'kind', 'cut', 'none', 'index_kind'],
});
const estimate = Type.Union(
  [Type.Object({ value: Type.Integer(), min: Type.Integer(), max: Type.Integer() }), Type.Null()],
  { description: 'Only where complete is false: what the number is likely to be; 95 of 100 are from min to max.' },
);
const estimateReason = Type.String({
  description: 'Why there is no estimate.',
  enum: ['rare', 'exact', 'cut', 'routing', 'several_indexes', 'unknown', 'kind', 'none', 'index_kind'],
});

export const searchAnswer = Type.Object({
  took: Type.Integer({ description: 'Milliseconds.' }),
  timed_out: Type.Boolean(),
  complete: Type.Boolean({ description: 'Whether every shard answered.' }),
  coverage,
  at: Type.Optional(Type.String({ description: 'The state that answered, where it was pinned.' })),
  hits: Type.Object({
    total: Type.Optional(
      Type.Object({
        value: Type.Integer(),
        relation: Type.String({
          enum: ['eq', 'gte'],
          description: 'gte: at least so many; wherever complete is false, and beyond track_total_hits.',
        }),
        bounds: Type.Optional(bounds),
        bounds_reason: Type.Optional(boundsReason),
        estimate: Type.Optional(estimate),
        estimate_reason: Type.Optional(estimateReason),
      }),
    ),
    max_score: Type.Union([Type.Number(), Type.Null()]),
    hits: Type.Array(
      Type.Object({
        _index: Type.String(),
        _id: Type.String(),
        _routing: Type.Optional(Type.String({ description: 'What decided the shard, where the key did not.' })),
        _score: Type.Union([Type.Number(), Type.Null()]),
        highlight: Type.Optional(Type.Record(Type.String(), Type.Array(Type.String()))),
        highlight_skipped: Type.Optional(
          Type.Object({ limit: Type.Integer(), actual: Type.Integer() }, { description: 'The document is too large.' }),
        ),
        _explanation: Type.Optional(open),
        _source: Type.Optional(Type.Unknown()),
        sort: Type.Optional(Type.Array(Type.Unknown())),
      }),
    ),
  }),
  aggregations: Type.Optional(
    Type.Record(Type.String(), open, {
      description:
        'By name. Where complete is false they are of the shards that answered; each number has bounds and an estimate beside it, as hits.total has, and sum_other_doc_count is null. A list of terms that was asked for an accuracy says which was reached, in how many rounds and bytes.',
    }),
  ),
  profile: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), { description: 'The timeline of the query, see docs/timeline.md.' }),
  ),
});
