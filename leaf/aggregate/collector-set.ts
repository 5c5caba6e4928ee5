import type { AggregationPartial, AggregationPartials } from '../../shared/aggregation/definition.ts';
import { SheafError } from '../../shared/errors.ts';
import { escapeToken } from '../../shared/json/request-node.ts';
import type { Segment } from '../segment/open.ts';
import type { Steps } from '../schedule/steps.ts';
import type { Collector, PlainCollector, SteppedCollector } from './collector.ts';
import type { TaskBudget } from './task-budget.ts';
import type { TermCaches } from './term-caches.ts';

/** What is in a bucket without aggregations. One object for all of them. */
const nothing: AggregationPartials = Object.freeze({});

/** What stands around a name and its partial. */
const nameBytes = 4;

function bytesOf(collector: Collector): number {
  return nameBytes + (collector.sending === 'atOnce' ? collector.partialBytes : 0);
}

/** The collectors of one level, by the caller's names. */
export class CollectorSet {
  private readonly isTop: boolean;
  readonly isEmpty: boolean;
  /** Whether any is told of the documents that match, and whether any of every document. */
  readonly takesMatches: boolean;
  readonly takesEverything: boolean;
  /** Bytes that those of a bucket take of an answer at least: all of plain ones, and the names of the others. */
  readonly bytesInEach: number;
  private readonly named: readonly (readonly [name: string, collector: Collector])[];
  private readonly collectors: readonly Collector[];
  private readonly ofMatches: readonly Collector[];
  private readonly ofEverything: readonly Collector[];
  private readonly seeing: readonly Collector[];
  private readonly stepped: readonly SteppedCollector[];
  /** All of them, if all are plain and their names are names of properties like any other. */
  private readonly plain: readonly (readonly [name: string, collector: PlainCollector])[] | null;

  /** @param isTop what they throw names the one that it is of */
  constructor(named: readonly (readonly [name: string, collector: Collector])[], isTop = false) {
    this.isTop = isTop;
    this.named = named;
    this.collectors = named.map(([, collector]) => collector);
    this.stepped = this.collectors.filter((collector) => collector.sending === 'inSteps');
    const plain = named.filter((each): each is [string, PlainCollector] => each[1].sending === 'atOnce');
    this.plain = plain.length === named.length && named.every(([name]) => name !== '__proto__') ? plain : null;
    this.ofMatches = this.collectors.filter(({ takes }) => takes === undefined);
    this.ofEverything = this.collectors.filter(({ takes }) => takes === 'everything');
    this.seeing = this.collectors.filter((collector) => collector.see !== undefined);
    this.isEmpty = named.length === 0;
    this.bytesInEach = named.reduce((sum, [name, collector]) => sum + name.length + bytesOf(collector), 0);
    this.takesMatches = this.ofMatches.length > 0;
    this.takesEverything = this.ofEverything.length + this.seeing.length > 0;
  }

  /** For these two see SteppedCollector. */
  get meanNeeded(): number {
    return this.stepped.reduce((sum, collector) => sum + collector.meanNeeded, 0);
  }

  get meanWanted(): number {
    return this.stepped.reduce((sum, collector) => sum + collector.meanWanted, 0);
  }

  /** For this and the next see DocumentCollector. */
  *prepare(segments: readonly Segment[], caches: TermCaches): Steps<void> {
    for (const collector of this.collectors) {
      try {
        if (collector.prepare) yield* collector.prepare(segments, caches);
      } catch (error) {
        throw this.placed(error, collector);
      }
    }
  }

  enterSegment(segment: Segment): void {
    for (const collector of this.collectors) collector.enterSegment(segment);
  }

  /** All documents of the segment. Returns those that are to be given its documents in batches. See DocumentCollector. */
  *collectAll(segment: Segment): Steps<CollectorSet> {
    const left: (readonly [name: string, collector: Collector])[] = [];
    for (const named of this.named) {
      const [, collector] = named;
      try {
        if (collector.collectAll === undefined || !(yield* collector.collectAll(segment))) left.push(named);
      } catch (error) {
        throw this.placed(error, collector);
      }
    }
    return left.length === this.named.length ? this : new CollectorSet(left, this.isTop);
  }

  /** Documents that match. For those of a batch see DocumentCollector. */
  collect(buckets: Uint32Array, docIds: Uint32Array, count: number): void {
    for (const collector of this.ofMatches) this.collectOf(collector, buckets, docIds, count);
  }

  /** Every live document of the segment, from the first on, whatever `collect` was told. */
  collectEverything(buckets: Uint32Array, docIds: Uint32Array, count: number): void {
    for (const collector of this.ofEverything) this.collectOf(collector, buckets, docIds, count);
    for (const collector of this.seeing) collector.see!(docIds, count);
  }

  *complete(): Steps<void> {
    for (const collector of this.collectors) {
      try {
        if (collector.complete) yield* collector.complete();
      } catch (error) {
        throw this.placed(error, collector);
      }
    }
  }

  private collectOf(collector: Collector, buckets: Uint32Array, docIds: Uint32Array, count: number): void {
    try {
      collector.collect(buckets, docIds, count);
    } catch (error) {
      throw this.placed(error, collector);
    }
  }

  /** What a collector has thrown, with a pointer to its aggregation where they are at the top and it has none. */
  private placed(error: unknown, collector: Collector): unknown {
    if (!this.isTop || !(error instanceof SheafError) || error.at !== undefined) return error;
    const [name] = this.named.find(([, each]) => each === collector)!;
    return new SheafError(error.code, { at: `/aggs/${escapeToken(name)}`, detail: error.detail, cause: error });
  }

  /** How many aggregations there are, if the partials of all are a few numbers each, so that `plainPartials` may be called. */
  get plainCount(): number | null {
    return this.plain?.length ?? null;
  }

  /** What the bucket holds. Hot: called for each bucket that is sent. */
  plainPartials(bucket: number): AggregationPartials {
    if (this.isEmpty) return nothing;
    const partials: Record<string, AggregationPartial> = {};
    for (const [name, collector] of this.plain!) partials[name] = collector.partial(bucket);
    return partials;
  }

  /** What the bucket holds. For `share` see SteppedCollector. */
  *partials(bucket: number, share: number): Steps<AggregationPartials> {
    if (this.plain !== null) {
      yield this.plain.length;
      return this.plainPartials(bucket);
    }
    const shares = this.shareOut(bucket, share);
    const partials: [name: string, partial: AggregationPartial][] = [];
    for (const [name, collector] of this.named) {
      partials.push([name, yield* partialOf(collector, bucket, shares)]);
    }
    yield this.collectors.length;
    // Names are callers' words; this makes a property even of __proto__.
    return Object.fromEntries(partials);
  }

  /** What they hold of all documents, at the top: each is named where it is too much. */
  *partialsAtTop(budget: Pick<TaskBudget, 'beginAggregation' | 'share'>): Steps<AggregationPartials> {
    const { share } = budget;
    const shares = this.shareOut(0, share);
    const partials: [name: string, partial: AggregationPartial][] = [];
    for (const [name, collector] of this.named) {
      budget.beginAggregation(name);
      partials.push([name, yield* partialOf(collector, 0, shares)]);
    }
    yield this.collectors.length;
    return Object.fromEntries(partials);
  }

  /** Each the same, except that what some do not want is left to the others. */
  private shareOut(bucket: number, share: number): ReadonlyMap<SteppedCollector, number> {
    const wanted = this.stepped.map((collector) => [collector, collector.wanted(bucket)] as const);
    wanted.sort(([, a], [, b]) => a - b);
    const shares = new Map<SteppedCollector, number>();
    let left = share;
    wanted.forEach(([collector, count], i) => {
      const own = left / (wanted.length - i);
      shares.set(collector, own);
      left -= Math.min(own, count);
    });
    return shares;
  }
}

function* partialOf(
  collector: Collector,
  bucket: number,
  shares: ReadonlyMap<SteppedCollector, number>,
): Steps<AggregationPartial> {
  if (collector.sending === 'atOnce') return collector.partial(bucket);
  return yield* collector.partial(bucket, shares.get(collector) ?? 0);
}
