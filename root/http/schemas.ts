/** JSON schemas that several routes document. They describe; the parsers of root/query and shared/schema decide. */
import { Type, type TSchema } from 'typebox';
import { errorTable } from '../../shared/errors.ts';
import { analyzerNames, defaultAnalyzer } from '../../shared/analysis/analyzers.ts';
import { limits } from '../../shared/limits.ts';
import { defaultBm25 } from '../../shared/ranking/bm25-parameters.ts';
import { namedIntervals } from '../../shared/rollup/parse-rollup.ts';
import { dimensionKinds, keepable } from '../../shared/rollup/rollup-schema.ts';
import { servedKinds } from '../../shared/index-kinds/index-kinds.ts';
import { dynamics } from '../../shared/schema/schema.ts';
import { fieldKinds } from '../../shared/schema/kinds/field-kinds.ts';
import type { OptionName } from '../../shared/schema/options/field-options.ts';
import { named, type Examples } from './examples.ts';

/** @param example name of an index for which the route's example succeeds, or several by the names of the body's examples */
export function indexParameter(example: string | Examples) {
  const examples = typeof example === 'string' ? { examples: [example] } : named(example);
  return Type.Object({
    index: Type.String({ description: 'Name of the index: 1 to 100 of a-z, 0-9, - and _.', ...examples }),
  });
}

export const searchedParameter = Type.Object({
  index: Type.String({
    description:
      'Names of indexes and aliases, with commas between them; * stands for any characters. Several indexes give one answer.',
    examples: ['wordnet'],
  }),
});

export const documentParameters = Type.Object({
  ...indexParameter('books').properties,
  key: Type.String({ description: 'Key of the document, URL-encoded; at most 512 bytes.', examples: ['moby-dick'] }),
});

export const idempotencyHeader = {
  'idempotency-key': Type.Optional(
    Type.String({
      description:
        'Counts the request once, however often it is sent and through whichever root: another key for each.',
      maxLength: limits.idempotencyKeyLengthMax,
    }),
  ),
};

const errorBody = Type.Object(
  {
    error: Type.Object({
      code: Type.String({ description: 'Stable code; see docs/errors.md.', enum: Object.keys(errorTable) }),
      message: Type.String(),
      at: Type.Optional(Type.String({ description: 'JSON pointer into the body, or the URL parameter.' })),
      detail: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
      fix: Type.String({ description: 'What to do about it.' }),
    }),
    status: Type.Integer(),
  },
  { description: 'The error.' },
);

const part = Type.Union([Type.String(), Type.Record(Type.String(), Type.Unknown())]);

/** An analyzer by its name, or put together of parts. */
export function analyzerSchema(description: string, byDefault?: string): TSchema {
  const parts = Type.Object({
    char_filter: Type.Optional(Type.Array(part)),
    tokenizer: part,
    filter: Type.Optional(Type.Array(part)),
  });
  const name = Type.String({
    description: `The name of an analyzer: ${analyzerNames.join(', ')}, or one of the schema's.`,
  });
  return Type.Union([name, parts], byDefault === undefined ? { description } : { description, default: byDefault });
}

/** The compiler asks for each option there is. */
const optionSchemas = {
  analyzer: Type.Optional(analyzerSchema('Of a text field: how texts become terms.', defaultAnalyzer)),
  searchAnalyzer: Type.Optional(analyzerSchema('Of a text field: how the texts of queries do, where that differs.')),
  bm25: Type.Optional(
    Type.Object(
      {
        k1: Type.Optional(Type.Number({ minimum: 0, maximum: 1000, default: defaultBm25.k1 })),
        b: Type.Optional(Type.Number({ minimum: 0, maximum: 1, default: defaultBm25.b })),
      },
      { description: 'Of a text field: how it ranks.' },
    ),
  ),
  ignoreAbove: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: limits.termBytesMax,
      description: 'Of a keyword field: values of more bytes of UTF-8 are stored and not indexed. Left out: refused.',
    }),
  ),
  format: Type.Optional(
    Type.String({
      maxLength: 200,
      description:
        'Of a date field: how dates are written in documents, such as epoch_second or dd.MM.yyyy||yyyy. Left out: ISO 8601, or milliseconds as a number.',
    }),
  ),
} as const satisfies { readonly [Name in OptionName]: TSchema };

const fieldOptions = { kind: Type.String({ enum: [...fieldKinds] }), ...optionSchemas };

const indexSchema = Type.Object({
  dynamic: Type.Optional(
    Type.Union([Type.String({ enum: [...dynamics] }), Type.Boolean()], {
      default: 'strict',
      description:
        'What happens to a document with a field not listed: strict rejects it, false stores it unsearched, true adds the field.',
    }),
  ),
  fields: Type.Record(
    Type.String(),
    Type.Object({
      ...fieldOptions,
      fields: Type.Optional(
        Type.Record(Type.String(), Type.Object(fieldOptions), {
          description: 'Other ways to index the same values: title.raw.',
        }),
      ),
    }),
    { description: 'By dotted path.' },
  ),
});

const rollupSchema = Type.Object(
  {
    dimensions: Type.Record(
      Type.String(),
      Type.Object({
        kind: Type.String({ enum: [...dimensionKinds] }),
        interval: Type.Optional(
          Type.Union([Type.String({ enum: Object.keys(namedIntervals) }), Type.Integer({ minimum: 1 })], {
            description: 'Of a date: what it is cut to, by name or in milliseconds.',
          }),
        ),
        arrivedAt: Type.Optional(
          Type.Boolean({ description: 'Of a date: true where it is the time at which a root received the increment.' }),
        ),
      }),
      { description: 'A row is kept for each combination of their values.' },
    ),
    metrics: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object({
          keep: Type.Optional(
            Type.Array(Type.String({ enum: [...keepable] }), {
              description: 'What is kept of the values; all by default.',
            }),
          ),
          arrivedAt: Type.Optional(
            Type.String({ enum: ['millisecond'], description: 'It is the millisecond, 0 to 999, of the arrival.' }),
          ),
        }),
        { description: 'Whole numbers that are added up.' },
      ),
    ),
  },
  { description: 'Of kind rollup.' },
);

export const anySchema = Type.Union([indexSchema, rollupSchema]);

export const indexAnswer = Type.Object({
  name: Type.String(),
  id: Type.String(),
  kind: Type.String({ enum: [...servedKinds] }),
  shards: Type.Integer(),
  replicas: Type.Integer(),
  routing: Type.Optional(Type.String({ enum: ['required'] })),
  createdAt: Type.Union([Type.String(), Type.Null()], {
    description: 'By the clock of the root that created it; null of one that is older than this was written down.',
  }),
  schema: anySchema,
  restored: Type.Optional(
    Type.Object(
      { id: Type.String(), shards: Type.Array(Type.Integer()), base: Type.Integer() },
      {
        description:
          'Of an index that was restored: which it was, up to which log offset each shard, and where its offsets go on.',
      },
    ),
  ),
  documents: Type.Optional(
    Type.Union([Type.Integer(), Type.Null()], { description: 'null while a shard has not reported.' }),
  ),
  behind: Type.Union([Type.Integer(), Type.Null()], {
    description:
      'Entries of the log that no replica has searchable yet: above 0 while what was written is not all to be found. null where how far the log has come is not known.',
  }),
});

/** Answers of a route: the one of success, and the error for everything else. */
export function answers(success: Readonly<Record<number, TSchema>>): Record<string, TSchema> {
  return { ...success, '4xx': errorBody, '5xx': errorBody };
}
