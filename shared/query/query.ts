/**
 * The query a leaf evaluates: what is left of a search request once names are resolved, values read and text
 * analysed. The root makes it (root/query), tasks carry it as JSON, leaves evaluate it (leaf/evaluate) and the oracle
 * evaluates it naively.
 *
 * What a kind of query is stands in clauses/; this is the one list of the kinds, and what is asked of all of them.
 */
import type { BoundsOf, Child, ClauseDefinition } from './clause.ts';
import { all, type AllClause } from './clauses/all.ts';
import { bool, type BoolClause } from './clauses/bool.ts';
import { boosted, type BoostedClause } from './clauses/boosted.ts';
import { boosting, type BoostingClause } from './clauses/boosting.ts';
import { constantScore, type ConstantScoreClause } from './clauses/constant-score.ts';
import { disMax, type DisMaxClause } from './clauses/dis-max.ts';
import { exists, type ExistsClause } from './clauses/exists.ts';
import { fuzzy, type FuzzyClause } from './clauses/fuzzy.ts';
import { ids, type IdsClause } from './clauses/ids.ts';
import { keywordRange, type KeywordRangeClause } from './clauses/keyword-range.ts';
import { keywords, type KeywordsClause } from './clauses/keywords.ts';
import { none, type NoneClause } from './clauses/none.ts';
import { numberRange, type NumberRangeClause } from './clauses/number-range.ts';
import { numbers, type NumbersClause } from './clauses/numbers.ts';
import { phrase, type PhraseClause } from './clauses/phrase.ts';
import { prefix, type PrefixClause } from './clauses/prefix.ts';
import { regexp, type RegexpClause } from './clauses/regexp.ts';
import { script, type ScriptClause } from './clauses/script.ts';
import { scriptScore, type ScriptScoreClause } from './clauses/script-score.ts';
import { term, type TermClause } from './clauses/term.ts';
import { wildcard, type WildcardClause } from './clauses/wildcard.ts';

// What holds queries is named, for a type alias cannot hold itself.
interface BoolQuery extends BoolClause<Query> {}
interface BoostedQuery extends BoostedClause<Query> {}
interface BoostingQuery extends BoostingClause<Query> {}
interface ConstantScoreQuery extends ConstantScoreClause<Query> {}
interface DisMaxQuery extends DisMaxClause<Query> {}
interface ScriptScoreQuery extends ScriptScoreClause<Query> {}

interface QueryByKind {
  all: AllClause;
  none: NoneClause;
  term: TermClause;
  keywords: KeywordsClause;
  numbers: NumbersClause;
  numberRange: NumberRangeClause;
  keywordRange: KeywordRangeClause;
  prefix: PrefixClause;
  wildcard: WildcardClause;
  regexp: RegexpClause;
  fuzzy: FuzzyClause;
  phrase: PhraseClause;
  exists: ExistsClause;
  ids: IdsClause;
  bool: BoolQuery;
  boosted: BoostedQuery;
  boosting: BoostingQuery;
  constantScore: ConstantScoreQuery;
  disMax: DisMaxQuery;
  script: ScriptClause;
  scriptScore: ScriptScoreQuery;
}

export type QueryKind = keyof QueryByKind;
export type QueryOf<K extends QueryKind> = QueryByKind[K];
export type Query = QueryOf<QueryKind>;

const definitions: { readonly [K in QueryKind]: ClauseDefinition<QueryOf<K>> } = {
  all,
  none,
  term,
  keywords,
  numbers,
  numberRange,
  keywordRange,
  prefix,
  wildcard,
  regexp,
  fuzzy,
  phrase,
  exists,
  ids,
  bool,
  boosted,
  boosting,
  constantScore,
  disMax,
  script,
  scriptScore,
};

/** Every kind. */
export const queryKinds: readonly QueryKind[] = Object.keys(definitions) as QueryKind[];

/** What a kind is. The type is wider than it is true: a definition is to be asked of queries of its own kind, and these hold queries. */
export function definitionOf(kind: QueryKind): ClauseDefinition<Query, Query> {
  return definitions[kind] as ClauseDefinition<Query, Query>;
}

const noChildren: readonly Child<Query>[] = [];

/** The queries that a query holds, in the order in which their scores add. */
export function childrenOf(query: Query): readonly Child<Query>[] {
  return definitionOf(query.kind).children?.(query) ?? noChildren;
}

/** The fields that a query names, those of its children aside. */
export function fieldsOf(query: Query): readonly string[] {
  return definitionOf(query.kind).fields?.(query) ?? [];
}

/** Whether a search need not look at every shard: see ClauseDefinition. */
export function mayExclude(query: Query): boolean {
  return definitionOf(query.kind).mayExclude?.(query, mayExclude) ?? false;
}

/** Whether documents may match of whose columns no more is known than bounds; false only where none can. */
export function mayMatchWithin(query: Query, boundsOf: BoundsOf): boolean {
  const inner = (child: Query): boolean => mayMatchWithin(child, boundsOf);
  return definitionOf(query.kind).mayMatchWithin?.(query, boundsOf, inner) ?? true;
}

/** Terms by field; where they are counted, misspelt words too (near-name.ts). */
export type FieldTerms = Readonly<Record<string, readonly string[]>>;

/** The terms whose document frequencies scoring needs, each once: those of clauses that score. */
export function scoringTerms(query: Query): FieldTerms {
  const found = new Map<string, Set<string>>();
  const add = (field: string, name: string): void => {
    let terms = found.get(field);
    if (terms === undefined) found.set(field, (terms = new Set()));
    terms.add(name);
  };
  const visit = (node: Query): void => {
    definitionOf(node.kind).addScoringTerms?.(node, add);
    for (const child of childrenOf(node)) if (child.role === 'scored') visit(child.query);
  };
  visit(query);
  return Object.fromEntries([...found].map(([field, terms]) => [field, [...terms]]));
}
