/** A task on a term index that asks for document sets, in steps: a term a step, then the combining. */
import { RoaringBitmap32 } from '../../shared/document-sets/roaring.ts';
import { SheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import type { SetsPartial, SetsTask, TermPostings } from '../../shared/protocol/tasks/sets.ts';
import { noStatistics, type Statistics } from '../../shared/ranking/statistics.ts';
import { LocalSets, type HeldSets, type NodeSet } from './local-sets.ts';
import {
  columnsOfTerm,
  countTermStatistics,
  documentsOfIndex,
  setOfAll,
  setOfTerm,
  type TermSnapshot,
} from './term-snapshot.ts';
import { postingsOfSet } from './postings-of-set.ts';

export interface TermShard {
  readonly shard: number;
  readonly snapshot: TermSnapshot;
}

type OwnSets = Pick<SetsPartial, 'kind' | 'sets' | 'nodes' | 'postings' | 'statistics' | 'collection'>;

export interface SetsResult {
  readonly own: OwnSets;
  readonly body: readonly Uint8Array[];
}

export class SetsRun {
  private readonly task: SetsTask;
  private readonly byShard: ReadonlyMap<number, TermSnapshot>;
  /** Of the terms that are here, by place in the list. */
  private readonly sets = new Map<number, RoaringBitmap32>();
  private readonly everything = new Map<number, RoaringBitmap32>();
  private next = 0;
  private finished: SetsResult | null = null;

  constructor(task: SetsTask, shards: readonly TermShard[]) {
    this.task = task;
    this.byShard = new Map(shards.map(({ shard, snapshot }) => [shard, snapshot]));
  }

  /** Loads a term, or makes the answer of them all; true when that is done. @throws SheafError QUERY_TOO_MANY_POSTINGS */
  step(): boolean {
    if (this.next === this.task.terms.length) {
      this.finished = this.finish();
      return true;
    }
    const { field, term, shard } = this.task.terms[this.next]!;
    const snapshot = this.byShard.get(shard);
    if (snapshot !== undefined) this.sets.set(this.next, setOfTerm(snapshot, field, term));
    this.next++;
    return false;
  }

  get isDone(): boolean {
    return this.finished !== null;
  }

  result(): SetsResult {
    return this.finished!;
  }

  private finish(): SetsResult {
    const { task } = this;
    const local = new LocalSets(this.held(), task.apart);
    try {
      const sets = new SentSets();
      const nodes = local.answer(task.expression).map(({ node, parts, set }: NodeSet) => {
        return { node, parts, set: sets.numberOf(set) };
      });
      const { postings, body } = this.collectPostings((set) => local.cut(set), sets);
      const own = { kind: 'sets', sets: sets.bytes.map(({ length }) => length), nodes, postings } as const;
      return { own: { ...own, ...this.counts() }, body: [...sets.bytes, ...body] };
    } finally {
      local.dispose();
      for (const set of [...this.sets.values(), ...this.everything.values()]) set.dispose();
    }
  }

  private held(): HeldSets {
    return {
      term: (term) => this.sets.get(term) ?? null,
      all: (shard) => {
        const snapshot = this.byShard.get(shard);
        if (snapshot === undefined) return null;
        let set = this.everything.get(shard);
        if (set === undefined) this.everything.set(shard, (set = setOfAll(snapshot)));
        return set;
      },
    };
  }

  private collectPostings(
    cut: (set: RoaringBitmap32) => RoaringBitmap32,
    sets: SentSets,
  ): { postings: TermPostings[]; body: Uint8Array[] } {
    const postings: TermPostings[] = [];
    const body: Uint8Array[] = [];
    let sum = 0;
    for (const term of this.task.frequencies) {
      const whole = this.sets.get(term);
      if (whole === undefined) continue;
      const set = cut(whole);
      const limit = limits.termPostingsMax;
      if ((sum += set.size) > limit)
        throw new SheafError('QUERY_TOO_MANY_POSTINGS', { detail: { limit, actual: sum } });
      const { field, term: text, shard } = this.task.terms[term]!;
      const columns = columnsOfTerm(this.byShard.get(shard)!, field, text);
      const { frequencies, frequencyBytes, lengthCodes } = postingsOfSet(columns, set);
      postings.push({ term, set: sets.numberOf(set), documents: lengthCodes.length, frequencyBytes });
      body.push(frequencies, lengthCodes);
    }
    return { postings, body };
  }

  /** Over the documents that every shard asked has. */
  private counts(): { statistics: Statistics; collection: number } {
    const snapshots = [...this.byShard.values()];
    const [first] = snapshots;
    if (first === undefined) return { statistics: noStatistics, collection: 0 };
    const cut = Math.min(...snapshots.map(({ offset }) => offset));
    const lowest = snapshots.find(({ offset }) => offset === cut)!;
    return { statistics: sumStatistics(snapshots, this.task.scoring, cut), collection: documentsOfIndex(lowest) };
  }
}

/** Every shard knows the fields of the whole index; a term is counted by the one shard that has it. */
export function sumStatistics(snapshots: readonly TermSnapshot[], terms: SetsTask['scoring'], cut: number): Statistics {
  const [first, ...rest] = snapshots.map((snapshot) => countTermStatistics(snapshot, terms, cut));
  if (first === undefined) return noStatistics;
  const frequencies: Record<string, Record<string, number>> = Object.create(null);
  for (const [field, counts] of Object.entries(first.frequencies)) {
    const sums: Record<string, number> = Object.create(null);
    for (const [term, count] of Object.entries(counts)) {
      sums[term] = rest.reduce((sum, other) => sum + other.frequencies[field]![term]!, count);
    }
    frequencies[field] = sums;
  }
  return { fields: first.fields, frequencies };
}

/** The sets of an answer, each once: several nodes and terms often have the same documents. */
class SentSets {
  readonly bytes: Uint8Array[] = [];
  private readonly sent: RoaringBitmap32[] = [];

  numberOf(set: RoaringBitmap32): number {
    const known = this.sent.findIndex((other) => other === set || (other.size === set.size && other.isEqual(set)));
    if (known >= 0) return known;
    this.bytes.push(set.serialize('portable'));
    return this.sent.push(set) - 1;
  }
}
