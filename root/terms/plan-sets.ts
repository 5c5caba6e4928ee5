/** From the query of a search to what is asked of the shards of a term index. Pure. */
import { shardOfTerm } from '../../shared/hashing/hash.ts';
import { shouldMatchMin, type Query } from '../../shared/query/query.ts';
import { partsOf, type PlacedTerm, type SetExpression } from '../../shared/query/set-expression.ts';
import { findField, isAnalyzed } from '../../shared/schema/find-field.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { refuseClause } from './unserved.ts';

/** How a document that matches is scored; `id` is the node of the expression whose documents the score is of. */
export type ScoreNode =
  | { readonly kind: 'text'; readonly id: number; readonly term: number }
  | { readonly kind: 'keyword'; readonly id: number; readonly term: number }
  | { readonly kind: 'constant'; readonly id: number; readonly score: number }
  | { readonly kind: 'sum'; readonly id: number; readonly of: readonly ScoreNode[] }
  | { readonly kind: 'best'; readonly id: number; readonly of: readonly ScoreNode[]; readonly tieBreaker: number }
  | { readonly kind: 'boosted'; readonly id: number; readonly of: ScoreNode; readonly boost: number };

export interface SetPlan {
  readonly terms: readonly PlacedTerm[];
  readonly expression: SetExpression;
  /** Null where no hit needs a score. */
  readonly score: ScoreNode | null;
  /** Nodes whose sets must come alone. */
  readonly apart: readonly number[];
  /** Terms whose frequencies score. */
  readonly frequencies: readonly number[];
  /** Shards that have the terms, ascending; at least one. */
  readonly shards: readonly number[];
}

/** @throws SheafError INDEX_KIND_WRONG for a clause that a term index cannot answer */
export function planSets(
  query: Query,
  index: { readonly schema: IndexSchema; readonly shards: number },
  isScored: boolean,
): SetPlan {
  return new Planner(index, isScored).plan(query);
}

type Bool = Extract<Query, { kind: 'bool' }>;

class Planner {
  private readonly index: { readonly schema: IndexSchema; readonly shards: number };
  private readonly isScored: boolean;
  private readonly terms: PlacedTerm[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly apart = new Set<number>();
  private readonly frequencies = new Set<number>();
  /** Nodes made of queries, by query: what a score is of. */
  private readonly nodes = new Map<Query, SetExpression>();
  private nextId = 0;

  constructor(index: { readonly schema: IndexSchema; readonly shards: number }, isScored: boolean) {
    this.index = index;
    this.isScored = isScored;
  }

  plan(query: Query): SetPlan {
    const expression = this.compile(query);
    const score = this.isScored ? this.scoreOf(query) : null;
    const shard = this.terms[0]?.shard ?? 0;
    const shards = [...new Set([...this.terms.map((term) => term.shard), ...(hasAll(expression) ? [shard] : [])])];
    return {
      terms: this.terms,
      expression: placeAll(expression, shard),
      score,
      apart: [...this.apart],
      frequencies: [...this.frequencies],
      // A query that matches nothing asks one shard, for how many documents there are.
      shards: (shards.length === 0 ? [shard] : shards).sort((a, b) => a - b),
    };
  }

  private compile(query: Query): SetExpression {
    const node = this.compileNew(query);
    this.nodes.set(query, node);
    return node;
  }

  private compileNew(query: Query): SetExpression {
    switch (query.kind) {
      case 'all':
        return this.all();
      case 'none':
        return this.none();
      case 'term':
        return this.term(query.field, query.term);
      case 'keywords':
        return this.anyOf(query.terms.map((term) => this.term(query.field, term)));
      case 'numbers':
        return this.anyOf(query.values.map((value) => this.term(query.field, String(value))));
      case 'bool':
        return this.bool(query);
      case 'boosted':
      case 'constantScore':
        return this.compile(query.query);
      case 'disMax':
        return this.anyOf(query.queries.map((one) => this.compile(one)));
      case 'numberRange':
      case 'keywordRange':
      case 'prefix':
      case 'wildcard':
      case 'fuzzy':
      case 'phrase':
      case 'exists':
      case 'ids':
        throw refuseClause(query);
    }
  }

  private bool(query: Bool): SetExpression {
    const all = [...query.must, ...query.filter].map((one) => this.compile(one));
    const should = query.should.map((one) => this.compile(one));
    const minimum = shouldMatchMin(query);
    if (minimum > 0) all.push(this.atLeast(should, minimum));
    const required = all.length === 0 ? this.all() : this.allOf(all);
    // What need not match, or cannot, still scores.
    const isScoreOnly = this.isScored && should.length > 0 && (minimum === 0 || minimum > should.length);
    const matched = isScoreOnly ? this.withScored(required, should) : required;
    if (query.mustNot.length === 0) return matched;
    const without = this.anyOf(query.mustNot.map((one) => this.compile(one)));
    return { id: this.nextId++, kind: 'minus', from: matched, without };
  }

  private withScored(of: SetExpression, also: readonly SetExpression[]): SetExpression {
    return { id: this.nextId++, kind: 'with', of, also };
  }

  private none(): SetExpression {
    return { id: this.nextId++, kind: 'none' };
  }

  private all(): SetExpression {
    return { id: this.nextId++, kind: 'all', shard: 0 };
  }

  private term(field: string, term: string): SetExpression {
    return { id: this.nextId++, kind: 'term', term: this.numberOf(field, term) };
  }

  private anyOf(of: readonly SetExpression[]): SetExpression {
    return of.length === 0 ? this.none() : of.length === 1 ? of[0]! : { id: this.nextId++, kind: 'or', of };
  }

  private allOf(of: readonly SetExpression[]): SetExpression {
    return of.length === 1 ? of[0]! : { id: this.nextId++, kind: 'and', of };
  }

  private atLeast(of: readonly SetExpression[], minimum: number): SetExpression {
    if (minimum > of.length) return this.none();
    if (minimum === 1) return this.anyOf(of);
    return minimum === of.length ? this.allOf(of) : { id: this.nextId++, kind: 'atLeast', of, minimum };
  }

  private numberOf(field: string, term: string): number {
    const name = `${field}\0${term}`;
    let number = this.numbers.get(name);
    if (number === undefined) {
      number = this.terms.push({ field, term, shard: shardOfTerm(field, term, this.index.shards) }) - 1;
      this.numbers.set(name, number);
    }
    return number;
  }

  /** As the comment at Query says. The node of everything that scores comes alone. */
  private scoreOf(query: Query): ScoreNode {
    const { id } = this.nodes.get(query)!;
    this.apart.add(id);
    switch (query.kind) {
      case 'term':
        return this.scoreOfTerm(id, query);
      case 'bool':
        return { kind: 'sum', id, of: [...query.must, ...query.should].map((one) => this.scoreOf(one)) };
      case 'disMax':
        return { kind: 'best', id, of: query.queries.map((one) => this.scoreOf(one)), tieBreaker: query.tieBreaker };
      case 'boosted':
        return { kind: 'boosted', id, of: this.scoreOf(query.query), boost: query.boost };
      case 'constantScore':
        return { kind: 'constant', id, score: query.score };
      case 'all':
      case 'none':
      case 'keywords':
      case 'numbers':
        return { kind: 'constant', id, score: 1 };
      case 'numberRange':
      case 'keywordRange':
      case 'prefix':
      case 'wildcard':
      case 'fuzzy':
      case 'phrase':
      case 'exists':
      case 'ids':
        throw refuseClause(query);
    }
  }

  private scoreOfTerm(id: number, { field, term }: Extract<Query, { kind: 'term' }>): ScoreNode {
    const number = this.numberOf(field, term);
    const found = findField(this.index.schema, field);
    if (found === undefined || !isAnalyzed(found)) return { kind: 'keyword', id, term: number };
    this.frequencies.add(number);
    return { kind: 'text', id, term: number };
  }
}

function hasAll(node: SetExpression): boolean {
  return node.kind === 'all' || partsOf(node).some(hasAll);
}

/** Any shard knows every document, so one that is asked anyway says which there are. */
function placeAll(node: SetExpression, shard: number): SetExpression {
  const place = (part: SetExpression): SetExpression => placeAll(part, shard);
  switch (node.kind) {
    case 'all':
      return { ...node, shard };
    case 'none':
    case 'term':
      return node;
    case 'and':
    case 'or':
    case 'atLeast':
      return { ...node, of: node.of.map(place) };
    case 'with':
      return { ...node, of: place(node.of), also: node.also.map(place) };
    case 'minus':
      return { ...node, from: place(node.from), without: place(node.without) };
  }
}
