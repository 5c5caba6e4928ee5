/**
 * What a leaf can say of an expression of which it holds some terms: the sets of the parts it holds whole, combined
 * as far as that loses nothing, and cut to what can still be in the result.
 *
 * A bound is a set that the result is inside of: what the terms of a conjunction that are here have in common holds of
 * the whole, whatever the other terms say. So a frequent term beside a rare one is sent as short as the rare one.
 */
import { atLeast, intersect, subtract, unite } from '../../shared/document-sets/combine.ts';
import { RoaringBitmap32 } from '../../shared/document-sets/roaring.ts';
import { partsOf, type SetExpression } from '../../shared/query/set-expression.ts';

/** The sets a leaf has. */
export interface HeldSets {
  /** The documents of a term, or null where the term is not here. The set stays the holder's. */
  readonly term: (term: number) => RoaringBitmap32 | null;
  /** Every document, or null where that shard is not asked here. */
  readonly all: (shard: number) => RoaringBitmap32 | null;
}

/** A set that stands for a node, or for some of the parts of one. */
export interface NodeSet {
  readonly node: number;
  /** Which of its parts, as positions; null for the node itself. */
  readonly parts: readonly number[] | null;
  readonly set: RoaringBitmap32;
}

export class LocalSets {
  private readonly held: HeldSets;
  /** Nodes whose sets must come alone. */
  private readonly apart: ReadonlySet<number>;
  private readonly made = new Map<number, RoaringBitmap32>();
  private readonly local = new Map<number, boolean>();
  private readonly owned = new Set<RoaringBitmap32>();
  private readonly cuts = new Map<RoaringBitmap32, RoaringBitmap32>();
  /** What the whole result is inside of; null where nothing is known. */
  private bound: RoaringBitmap32 | null = null;

  constructor(held: HeldSets, apart: Iterable<number>) {
    this.held = held;
    this.apart = new Set(apart);
  }

  /** The sets to send. To be disposed by `dispose`. */
  answer(expression: SetExpression): NodeSet[] {
    this.bound = this.boundOf(expression);
    return this.collect(expression).map((one) => ({ ...one, set: this.cut(one.set) }));
  }

  /** The documents of a set that can still be in the result. The same set gives the same cut. */
  cut(set: RoaringBitmap32): RoaringBitmap32 {
    if (this.bound === null) return set;
    let cut = this.cuts.get(set);
    if (cut === undefined) this.cuts.set(set, (cut = this.keep(intersect([this.bound, set]))));
    return cut;
  }

  /** Gives free what was made here. */
  dispose(): void {
    for (const set of this.owned) set.dispose();
    this.owned.clear();
  }

  private keep(set: RoaringBitmap32): RoaringBitmap32 {
    this.owned.add(set);
    return set;
  }

  private collect(node: SetExpression): NodeSet[] {
    if (node.kind === 'none') return [];
    if (this.isHeld(node) && !partsOf(node).some((part) => this.hasApart(part))) {
      return [{ node: node.id, parts: null, set: this.setOf(node) }];
    }
    if (node.kind !== 'and' && node.kind !== 'or') return partsOf(node).flatMap((part) => this.collect(part));
    const joined = node.of.flatMap((part, i) => (this.isHeld(part) && !this.hasApart(part) ? [i] : []));
    const others = node.of.filter((_, i) => !joined.includes(i)).flatMap((part) => this.collect(part));
    if (joined.length === 0) return others;
    const sets = joined.map((i) => this.setOf(node.of[i]!));
    const set = this.keep(node.kind === 'and' ? intersect(sets) : unite(sets));
    return [{ node: node.id, parts: joined, set }, ...others];
  }

  private hasApart(node: SetExpression): boolean {
    return this.apart.has(node.id) || partsOf(node).some((part) => this.hasApart(part));
  }

  /** Whether everything the node is made of is here. */
  private isHeld(node: SetExpression): boolean {
    let held = this.local.get(node.id);
    if (held === undefined) this.local.set(node.id, (held = this.lookWhetherHeld(node)));
    return held;
  }

  private lookWhetherHeld(node: SetExpression): boolean {
    if (node.kind === 'term') return this.held.term(node.term) !== null;
    if (node.kind === 'all') return this.held.all(node.shard) !== null;
    if (node.kind === 'with') return this.isHeld(node.of);
    return partsOf(node).every((part) => this.isHeld(part));
  }

  /** The set of a node that is here. */
  private setOf(node: SetExpression): RoaringBitmap32 {
    if (node.kind === 'term') return this.held.term(node.term)!;
    if (node.kind === 'all') return this.held.all(node.shard)!;
    if (node.kind === 'with') return this.setOf(node.of);
    let set = this.made.get(node.id);
    if (set === undefined) this.made.set(node.id, (set = this.keep(this.make(node))));
    return set;
  }

  private make(node: Exclude<SetExpression, { kind: 'term' | 'all' | 'with' }>): RoaringBitmap32 {
    const sets = partsOf(node).map((part) => this.setOf(part));
    switch (node.kind) {
      case 'none':
        return new RoaringBitmap32();
      case 'and':
        return intersect(sets);
      case 'or':
        return unite(sets);
      case 'atLeast':
        return atLeast(sets, node.minimum);
      case 'minus':
        return subtract(sets[0]!, sets[1]!);
    }
  }

  /** A set that the documents of the node are inside of, or null where nothing is known. */
  private boundOf(node: SetExpression): RoaringBitmap32 | null {
    if (this.isHeld(node)) return this.setOf(node);
    switch (node.kind) {
      case 'none':
      case 'all':
      case 'term':
        return null;
      case 'with':
        return this.boundOf(node.of);
      case 'and': {
        const bounds = node.of.map((part) => this.boundOf(part)).filter((bound) => bound !== null);
        return bounds.length === 0 ? null : this.keep(intersect(bounds));
      }
      case 'or':
      case 'atLeast': {
        const bounds = node.of.map((part) => this.boundOf(part));
        return bounds.every((bound) => bound !== null) ? this.keep(unite(bounds)) : null;
      }
      case 'minus': {
        const bound = this.boundOf(node.from);
        if (bound === null || !this.isHeld(node.without)) return bound;
        return this.keep(subtract(bound, this.setOf(node.without)));
      }
    }
  }
}
