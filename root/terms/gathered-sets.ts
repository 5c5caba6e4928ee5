/**
 * The sets that leaves answered, and the documents that follow from them. Where a term's shard did not answer, only what
 * is certain without it is a match: a conjunction with that term has none, a union those of the others, and what is
 * to be left out by it leaves out everything.
 */
import { atLeast, intersect, subtract, unite } from '../../shared/document-sets/combine.ts';
import { RoaringBitmap32 } from '../../shared/document-sets/roaring.ts';
import type { SetsPartial, SetsTask, TermPostings } from '../../shared/protocol/tasks/sets.ts';
import type { SetExpression } from '../../shared/query/set-expression.ts';
import type { Answer } from '../scatter/drive.ts';

/** Frequencies and length codes of a term, parallel to its documents. */
export interface GatheredPostings {
  /** Ordinals, ascending. */
  readonly documents: Uint32Array;
  readonly frequencies: Uint8Array | Uint32Array;
  readonly lengthCodes: Uint8Array;
}

interface NodeSets {
  /** Stands for the whole node. */
  whole: RoaringBitmap32 | null;
  /** Each stands for some of its parts, and between them for no part twice. */
  readonly groups: { readonly parts: readonly number[]; readonly set: RoaringBitmap32 }[];
}

/** Sets in memory that the collector does not see: to be used inside an arena, or disposed of. */
export class GatheredSets {
  private readonly byNode = new Map<number, NodeSets>();
  private readonly postings = new Map<number, GatheredPostings>();
  private readonly made = new Map<SetExpression, RoaringBitmap32 | null>();

  /** @throws Error when an answer is not what its task asked for: the leaf is at fault */
  constructor(answers: readonly Answer<SetsTask>[]) {
    for (const answer of answers) this.take(answer);
  }

  /** The documents that match whatever the terms hold that are not known. */
  certain(node: SetExpression): RoaringBitmap32 {
    return this.known(node) ?? this.certainWithout(node);
  }

  /** Of a term whose frequencies were asked for; undefined where its shard did not answer. */
  postingsOf(term: number): GatheredPostings | undefined {
    return this.postings.get(term);
  }

  private take({ partial, body }: Answer<SetsTask>): void {
    const sets = readSets(partial, body);
    for (const { node, parts, set: number } of partial.nodes) {
      const set = sets[number]!;
      const sent = this.byNode.get(node) ?? { whole: null, groups: [] };
      if (parts === null) sent.whole = set;
      else sent.groups.push({ parts, set });
      this.byNode.set(node, sent);
    }
    let at = partial.sets.reduce((sum, bytes) => sum + bytes, 0);
    for (const sent of partial.postings) {
      this.postings.set(sent.term, readPostings(sent, sets[sent.set]!, body, at));
      at += sent.documents * (sent.frequencyBytes + 1);
    }
  }

  /** The documents of a node of which every term has answered, or null. */
  private known(node: SetExpression): RoaringBitmap32 | null {
    let set = this.made.get(node);
    if (set === undefined) this.made.set(node, (set = this.make(node)));
    return set;
  }

  private make(node: SetExpression): RoaringBitmap32 | null {
    const sent = this.byNode.get(node.id);
    if (sent?.whole) return sent.whole;
    switch (node.kind) {
      case 'none':
        return new RoaringBitmap32();
      case 'all':
      case 'term':
        return null;
      case 'with':
        return this.known(node.of);
      case 'and':
      case 'or': {
        const sets = this.setsOf(node, (part) => this.known(part));
        const known = sets.filter((set) => set !== null);
        if (known.length < sets.length) return null;
        return node.kind === 'and' ? intersect(known) : unite(known);
      }
      case 'atLeast': {
        const sets = node.of.map((part) => this.known(part)).filter((set) => set !== null);
        return sets.length < node.of.length ? null : atLeast(sets, node.minimum);
      }
      case 'minus': {
        const from = this.known(node.from);
        const without = this.known(node.without);
        return from === null || without === null ? null : subtract(from, without);
      }
    }
  }

  /** A set for each group of parts that was sent, and what is made of each other part. */
  private setsOf<T>(
    { id, of }: SetExpression & { readonly kind: 'and' | 'or' },
    make: (part: SetExpression) => T,
  ): (RoaringBitmap32 | T)[] {
    const groups = this.byNode.get(id)?.groups ?? [];
    const grouped = new Set(groups.flatMap(({ parts }) => parts));
    return [...groups.map(({ set }) => set), ...of.filter((_, i) => !grouped.has(i)).map(make)];
  }

  /** The same of a node that is not known: parts that are not known have no certain document. */
  private certainWithout(node: SetExpression): RoaringBitmap32 {
    switch (node.kind) {
      case 'none':
      case 'all':
      case 'term':
        return new RoaringBitmap32();
      case 'with':
        return this.certain(node.of);
      case 'or':
        return unite(this.setsOf(node, (part) => this.certain(part)));
      case 'and':
        return intersect(this.setsOf(node, (part) => this.certain(part)));
      case 'atLeast':
        return atLeast(
          node.of.map((part) => this.certain(part)),
          node.minimum,
        );
      case 'minus': {
        // What may be left out is not known, unless all of it is.
        const without = this.known(node.without);
        return without === null ? new RoaringBitmap32() : subtract(this.certain(node.from), without);
      }
    }
  }
}

function readSets({ sets }: SetsPartial, body: Uint8Array): RoaringBitmap32[] {
  let at = 0;
  return sets.map((bytes) => {
    const set = RoaringBitmap32.deserialize('portable', body.subarray(at, at + bytes));
    at += bytes;
    return set;
  });
}

function readPostings(
  { documents, frequencyBytes }: TermPostings,
  set: RoaringBitmap32,
  body: Uint8Array,
  at: number,
): GatheredPostings {
  const codesAt = at + documents * frequencyBytes;
  const bytes = body.slice(at, codesAt);
  if (set.size !== documents || codesAt + documents > body.length)
    throw new Error('postings that do not fit their set');
  return {
    documents: set.toUint32Array(),
    frequencies: frequencyBytes === 1 ? bytes : new Uint32Array(bytes.buffer),
    lengthCodes: body.subarray(codesAt, codesAt + documents),
  };
}
