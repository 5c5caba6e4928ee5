/** What the routes that write documents take and answer, for the API page. */
import { Type, type TSchema } from 'typebox';
import { results } from '../../../../shared/judge/judge.ts';
import { limits } from '../../../../shared/limits.ts';
import { book, bookArray, bookLines } from '../../examples.ts';

/** Content types of documents. What a form sends is none: it would be a request that forgot the header. */
export const documentTypes = ['application/x-ndjson', 'application/ndjson', 'application/json', 'text/plain'];

const oneDocument = { description: 'One document, by the schema of its index.' };
const document = (options: object = {}) => Type.Record(Type.String(), Type.Unknown(), { ...oneDocument, ...options });

/** A body for each of the content types. */
function bodyOf(schemaOf: (type: string) => TSchema) {
  return { content: Object.fromEntries(documentTypes.map((type) => [type, { schema: schemaOf(type) }])) };
}

export const documentBody = bodyOf((type) =>
  type === 'application/json'
    ? document({ examples: [book] })
    : Type.String({ description: 'One document as JSON.', examples: [JSON.stringify(book)] }),
);

/** In such a body a null takes a member away. */
export const mergePatchType = 'application/merge-patch+json';

export const patchBody = {
  content: {
    'application/json': { schema: document({ examples: [{ year: 1852 }] }) },
    [mergePatchType]: { schema: document({ examples: [{ author: null }] }) },
  },
};

export const bulkBody = bodyOf((type) =>
  type === 'application/json'
    ? Type.Array(document(), { examples: [bookArray] })
    : Type.String({ description: 'NDJSON: one document a line.', examples: [bookLines] }),
);

const token = Type.Union([Type.String(), Type.Null()], {
  description: 'Pass it to a search that must see these writes. null when nothing was accepted.',
});

const refreshed = Type.Optional(
  Type.Boolean({ description: 'With refresh=wait: whether every ready replica has the writes searchable.' }),
);

export const refreshParameter = Type.Optional(
  Type.String({ enum: ['wait'], description: 'wait: answer when the writes can be searched.' }),
);

export const resultParameter = Type.Optional(
  Type.String({ enum: ['wait'], description: 'wait: answer with what came of the write, as replicas judge it.' }),
);

export const routingParameter = Type.Optional(
  Type.String({
    description: 'Decides the shard in place of the key, and is kept with the document.',
    maxLength: limits.keyBytesMax,
  }),
);

export const routingShown = Type.Optional(
  Type.String({ description: 'What decided the shard, where the key did not.' }),
);

export const sequenceShown = Type.Integer({
  description:
    'Of the document: the log offset of its last change. With the term it is what If-Match and _ifSequence mean.',
});
export const termShown = Type.Integer({
  description: 'Of the index that the sequence is of: another may have its place later. The ETag is "TERM.SEQUENCE".',
});
export const versionShown = Type.Integer({ description: 'How many changes the key has seen.' });

export const writeAnswer = Type.Object({
  _index: Type.String(),
  _id: Type.String(),
  result: Type.String({
    description: 'put or delete: acknowledged. Of a write that is judged created, updated, noop or deleted.',
  }),
  version: Type.Optional(versionShown),
  sequence: Type.Optional(sequenceShown),
  term: Type.Optional(termShown),
  token,
  refreshed,
});

export const bulkAnswer = Type.Object({
  accepted: Type.Integer({ description: 'Puts and deletes that are durable.' }),
  rejected: Type.Object({
    count: Type.Integer(),
    listed: Type.Array(
      Type.Object({
        line: Type.Integer({ description: 'Line of NDJSON, or element of the array, from 1.' }),
        code: Type.String(),
        message: Type.String(),
        at: Type.String({ description: 'JSON pointer into the document.' }),
        detail: Type.Record(Type.String(), Type.Unknown()),
      }),
      { description: `The first ${limits.rejectedListedMax}.` },
    ),
  }),
  outcomes: Type.Optional(
    Type.Array(
      Type.Object({
        line: Type.Integer(),
        _id: Type.String(),
        result: Type.String({ enum: [...results, 'uncertain'] }),
        version: Type.Optional(versionShown),
        sequence: Type.Optional(sequenceShown),
        term: Type.Optional(termShown),
      }),
      { description: 'Of the lines that are judged: those with a condition or a patch, with result=wait all.' },
    ),
  ),
  token,
  refreshed,
});
