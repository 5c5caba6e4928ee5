/** The kinds of query that a term index can answer: how each is made of sets of documents, and how it scores. */
import { shouldMatchMin } from '../../shared/query/clauses/bool.ts';
import type { Query, QueryKind, QueryOf } from '../../shared/query/query.ts';
import type { SetExpression } from '../../shared/query/set-expression.ts';
import type { ScoreNode } from './score-node.ts';
import { refuseClause } from './unserved.ts';

/** Makes the nodes of an expression, numbered as they are made. */
export interface SetBuilder {
  readonly isScored: boolean;
  /** The documents of a query. */
  compile(query: Query): SetExpression;
  none(): SetExpression;
  all(): SetExpression;
  term(field: string, term: string): SetExpression;
  anyOf(of: readonly SetExpression[]): SetExpression;
  allOf(of: readonly SetExpression[]): SetExpression;
  atLeast(of: readonly SetExpression[], minimum: number): SetExpression;
  minus(from: SetExpression, without: SetExpression): SetExpression;
  withScored(of: SetExpression, also: readonly SetExpression[]): SetExpression;
  /** The score of a query that was compiled. */
  scoreOf(query: Query): ScoreNode;
  /** BM25 of a term, by the frequencies in a text. */
  scoreOfTerm(id: number, query: QueryOf<'term'>): ScoreNode;
}

interface SetClause<Q extends Query> {
  compile(builder: SetBuilder, query: Q): SetExpression;
  /** As the comment at each kind says (shared/query/clauses). @param id the node of its documents */
  score(builder: SetBuilder, query: Q, id: number): ScoreNode;
}

const one = (_builder: SetBuilder, _query: Query, id: number): ScoreNode => ({ kind: 'constant', id, score: 1 });

const clauses: { readonly [K in QueryKind]?: SetClause<QueryOf<K>> } = {
  all: { compile: (builder) => builder.all(), score: one },
  none: { compile: (builder) => builder.none(), score: one },
  term: {
    compile: (builder, { field, term }) => builder.term(field, term),
    score: (builder, query, id) => builder.scoreOfTerm(id, query),
  },
  keywords: {
    compile: (builder, { field, terms }) => builder.anyOf(terms.map((term) => builder.term(field, term))),
    score: one,
  },
  numbers: {
    compile: (builder, { field, values }) => builder.anyOf(values.map((value) => builder.term(field, String(value)))),
    score: one,
  },
  bool: {
    compile: compileBool,
    score: (builder, { must, should }, id) => ({
      kind: 'sum',
      id,
      of: [...must, ...should].map((child) => builder.scoreOf(child)),
    }),
  },
  boosted: {
    compile: (builder, { query }) => builder.compile(query),
    score: (builder, { query, boost }, id) => ({ kind: 'boosted', id, of: builder.scoreOf(query), boost }),
  },
  constantScore: {
    compile: (builder, { query }) => builder.compile(query),
    score: (_builder, { score }, id) => ({ kind: 'constant', id, score }),
  },
  disMax: {
    compile: (builder, { queries }) => builder.anyOf(queries.map((child) => builder.compile(child))),
    score: (builder, { queries, tieBreaker }, id) => ({
      kind: 'best',
      id,
      of: queries.map((child) => builder.scoreOf(child)),
      tieBreaker,
    }),
  },
};

function compileBool(builder: SetBuilder, query: QueryOf<'bool'>): SetExpression {
  const all = [...query.must, ...query.filter].map((child) => builder.compile(child));
  const should = query.should.map((child) => builder.compile(child));
  const minimum = shouldMatchMin(query);
  if (minimum > 0) all.push(builder.atLeast(should, minimum));
  const required = all.length === 0 ? builder.all() : builder.allOf(all);
  // What need not match, or cannot, still scores.
  const isScoreOnly = builder.isScored && should.length > 0 && (minimum === 0 || minimum > should.length);
  const matched = isScoreOnly ? builder.withScored(required, should) : required;
  if (query.mustNot.length === 0) return matched;
  return builder.minus(matched, builder.anyOf(query.mustNot.map((child) => builder.compile(child))));
}

/**
 * How the kind of a query is planned. The type is wider than it is true: it is to be asked of queries of that kind.
 * @throws SheafError INDEX_KIND_WRONG where a term index cannot answer it
 */
export function setClauseOf(query: Query): SetClause<Query> {
  const clause = clauses[query.kind];
  if (clause === undefined) throw refuseClause(query);
  return clause;
}
