/** Aggregations of the documents that match clauses, and of those that the query leaves out. */
import { matchesOf, type Matches } from './clauses.ts';
import { type Collection, fieldNamed, type StoredDocument, valuesOf } from './collection.ts';
import { asList, asObject, asText, isObject, type Json, type JsonObject } from './json.ts';

type Below = (documents: readonly StoredDocument[]) => JsonObject;

type Answer = (collection: Collection, documents: readonly StoredDocument[], body: Json, below: Below) => JsonObject;

const counted = (documents: readonly StoredDocument[], below: Below): JsonObject => ({
  doc_count: documents.length,
  ...below(documents),
});

/** Of each search what its clauses match, as there may be a bucket for each of thousands of values that asks. */
const known = new WeakMap<Collection, Map<Json, Matches>>();

function matchesOnce(collection: Collection, clause: Json): Matches {
  let matches = known.get(collection);
  if (matches === undefined) known.set(collection, (matches = new Map()));
  let found = matches.get(clause);
  if (found === undefined) matches.set(clause, (found = matchesOf(collection, clause)));
  return found;
}

function matching(collection: Collection, documents: readonly StoredDocument[], clause: Json): StoredDocument[] {
  const matches = matchesOnce(collection, clause);
  return documents.filter((document) => matches.has(document));
}

export const filterAnswers: Readonly<Record<'filter' | 'filters' | 'missing' | 'global', Answer>> = {
  filter: (collection, documents, body, below) => counted(matching(collection, documents, body), below),
  missing: (collection, documents, body, below) => {
    const field = fieldNamed(collection.schema, asText(asObject(body, ['field'])['field']));
    return counted(
      documents.filter((document) => valuesOf(document, field).length === 0),
      below,
    );
  },
  global: (collection, _documents, body, below) => {
    asObject(body, []);
    return counted(collection.documents, below);
  },
  filters: (collection, documents, body, below) => {
    const options = asObject(body, ['filters', 'other_bucket', 'other_bucket_key', 'keyed']);
    const clauses = options['filters'] ?? [];
    const names = isObject(clauses) ? Object.keys(clauses).sort() : null;
    const groups = (names === null ? asList(clauses) : names.map((name) => asObject(clauses)[name]!)).map((clause) =>
      matching(collection, documents, clause),
    );
    const otherKey = options['other_bucket_key'];
    if (options['other_bucket'] ?? otherKey !== undefined) {
      groups.push(documents.filter((document) => !groups.some((group) => group.includes(document))));
      names?.push(otherKey === undefined ? '_other_' : asText(otherKey));
    }
    if (names === null) return { buckets: groups.map((group) => counted(group, below)) };
    if (options['keyed'] === false) {
      return { buckets: groups.map((group, i) => ({ key: names[i]!, ...counted(group, below) })) };
    }
    return { buckets: Object.fromEntries(groups.map((group, i) => [names[i]!, counted(group, below)])) };
  },
};
