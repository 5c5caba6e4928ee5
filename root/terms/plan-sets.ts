/** From the query of a search to what is asked of the shards of a term index. Pure. */
import { shardOfTerm } from '../../shared/hashing/hash.ts';
import type { Query, QueryOf } from '../../shared/query/query.ts';
import { partsOf, type PlacedTerm, type SetExpression } from '../../shared/query/set-expression.ts';
import { findField, isAnalyzed } from '../../shared/schema/find-field.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import type { ScoreNode } from './score-node.ts';
import { setClauseOf, type SetBuilder } from './set-clauses.ts';

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

class Planner implements SetBuilder {
  readonly isScored: boolean;
  private readonly index: { readonly schema: IndexSchema; readonly shards: number };
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

  compile(query: Query): SetExpression {
    const node = setClauseOf(query).compile(this, query);
    this.nodes.set(query, node);
    return node;
  }

  minus(from: SetExpression, without: SetExpression): SetExpression {
    return { id: this.nextId++, kind: 'minus', from, without };
  }

  withScored(of: SetExpression, also: readonly SetExpression[]): SetExpression {
    return { id: this.nextId++, kind: 'with', of, also };
  }

  none(): SetExpression {
    return { id: this.nextId++, kind: 'none' };
  }

  all(): SetExpression {
    return { id: this.nextId++, kind: 'all', shard: 0 };
  }

  term(field: string, term: string): SetExpression {
    return { id: this.nextId++, kind: 'term', term: this.numberOf(field, term) };
  }

  anyOf(of: readonly SetExpression[]): SetExpression {
    return of.length === 0 ? this.none() : of.length === 1 ? of[0]! : { id: this.nextId++, kind: 'or', of };
  }

  allOf(of: readonly SetExpression[]): SetExpression {
    return of.length === 1 ? of[0]! : { id: this.nextId++, kind: 'and', of };
  }

  atLeast(of: readonly SetExpression[], minimum: number): SetExpression {
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

  /** The node of everything that scores comes alone. */
  scoreOf(query: Query): ScoreNode {
    const { id } = this.nodes.get(query)!;
    this.apart.add(id);
    return setClauseOf(query).score(this, query, id);
  }

  scoreOfTerm(id: number, { field, term }: QueryOf<'term'>): ScoreNode {
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
