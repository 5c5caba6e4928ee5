/**
 * The least that ranks: BM25 over typed arrays, in memory, with MAXSCORE. No compression, no positions, no deletes, one
 * segment. What the engine is measured against: it must be worth its complexity.
 *
 * Source of MAXSCORE: Turtle and Flood, "Query evaluation: strategies and optimizations" (1995).
 */
import { analyze } from '../../shared/analysis/standard.ts';
import { GrowingUint32 } from '../../leaf/columns/growing.ts';
import { inverseDocumentFrequency } from '../../shared/ranking/bm25.ts';
import type { Contestant, RankedHit } from './contestant.ts';
import type { EngineQuery } from './queries.ts';

const k1 = 1.2;
const b = 0.75;
const blockLength = 128;
const end = 0x7fffffff;

/** The postings of one term, and how high any of them can score. */
class List {
  at = 0;
  readonly docIds: Uint32Array;
  readonly frequencies: Uint8Array;
  readonly weight: number;
  /** The greatest share of `weight` in each block, and over all. */
  readonly blockMaxima: Float32Array;
  readonly maximum: number;

  constructor(docIds: Uint32Array, frequencies: Uint8Array, norms: Float32Array, documents: number) {
    this.docIds = docIds;
    this.frequencies = frequencies;
    this.weight = inverseDocumentFrequency(documents, docIds.length);
    this.blockMaxima = new Float32Array(Math.ceil(docIds.length / blockLength));
    for (let i = 0; i < docIds.length; i++) {
      const share = frequencies[i]! / (frequencies[i]! + norms[docIds[i]!]!);
      const block = Math.floor(i / blockLength);
      // Rounding to 32 bits must not make a bound too low.
      if (share * (1 + 1e-6) > this.blockMaxima[block]!) this.blockMaxima[block] = share * (1 + 1e-6);
    }
    this.maximum = this.weight * this.blockMaxima.reduce((most, share) => Math.max(most, share), 0);
  }

  get docId(): number {
    return this.at < this.docIds.length ? this.docIds[this.at]! : end;
  }

  score(norms: Float32Array): number {
    const frequency = this.frequencies[this.at]!;
    return (this.weight * frequency) / (frequency + norms[this.docIds[this.at]!]!);
  }

  /** Moves to the first docId at or above the target, galloping. */
  seek(target: number): number {
    const { docIds } = this;
    let low = this.at;
    if (low >= docIds.length || docIds[low]! >= target) return this.docId;
    let step = 1;
    while (low + step < docIds.length && docIds[low + step]! < target) {
      low += step;
      step *= 2;
    }
    let high = Math.min(low + step, docIds.length);
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (docIds[middle]! < target) low = middle;
      else high = middle;
    }
    this.at = high;
    return this.docId;
  }
}

/** The k best, kept in order: k is small. Of equal scores the lower docId is better. */
class Best {
  readonly hits: RankedHit[] = [];
  /** A score must be greater to enter. */
  floor = -Infinity;
  private readonly k: number;

  constructor(k: number) {
    this.k = k;
  }

  add(document: number, score: number): void {
    const { hits, k } = this;
    let at = hits.length;
    while (at > 0 && hits[at - 1]!.score < score) at--;
    hits.splice(at, 0, { document, score });
    if (hits.length > k) hits.pop();
    if (hits.length === k) this.floor = hits[k - 1]!.score;
  }
}

export class Prototype implements Contestant {
  readonly name = 'prototype';
  private norms = new Float32Array(0);
  private readonly lists = new Map<string, List>();

  build(texts: readonly string[]): void {
    const lengths = new Uint32Array(texts.length);
    const found = new Map<string, { docIds: GrowingUint32; frequencies: GrowingUint32 }>();
    texts.forEach((text, docId) => {
      const terms = analyze(text);
      lengths[docId] = terms.length;
      for (const term of terms) {
        let list = found.get(term);
        if (list === undefined)
          found.set(term, (list = { docIds: new GrowingUint32(), frequencies: new GrowingUint32() }));
        const { docIds, frequencies } = list;
        if (docIds.length === 0 || docIds.values[docIds.length - 1] !== docId) {
          docIds.push(docId);
          frequencies.push(0);
        }
        const last = frequencies.length - 1;
        if (frequencies.values[last]! < 255) frequencies.values[last]!++;
      }
    });
    const documents = lengths.reduce((count, length) => count + (length > 0 ? 1 : 0), 0);
    const average = lengths.reduce((sum, length) => sum + length, 0) / documents;
    this.norms = Float32Array.from(lengths, (length) => k1 * (1 - b + (b * length) / average));
    for (const [term, { docIds, frequencies }] of found) {
      this.lists.set(term, new List(docIds.view().slice(), Uint8Array.from(frequencies.view()), this.norms, documents));
    }
  }

  search(query: EngineQuery, k: number): RankedHit[] | null {
    if (query.kind === 'phrase') return null;
    const found = query.terms.map((term) => this.lists.get(term));
    const lists = found.filter((list) => list !== undefined);
    const best = new Best(k);
    if (query.kind === 'and' && lists.length < found.length) return [];
    for (const list of lists) list.at = 0;
    if (lists.length === 1) this.one(lists[0]!, best);
    else if (query.kind === 'and') this.all(lists, best);
    else this.any(lists, best);
    return best.hits;
  }

  /** Skips the blocks in which nothing can enter. */
  private one(list: List, best: Best): void {
    for (let block = 0; block < list.blockMaxima.length; block++) {
      if (list.weight * list.blockMaxima[block]! <= best.floor) continue;
      const stop = Math.min((block + 1) * blockLength, list.docIds.length);
      for (list.at = block * blockLength; list.at < stop; list.at++) {
        const score = list.score(this.norms);
        if (score > best.floor) best.add(list.docIds[list.at]!, score);
      }
    }
  }

  /** The rarest list leads. */
  private all(lists: readonly List[], best: Best): void {
    const [lead, ...others] = lists.toSorted((x, y) => x.docIds.length - y.docIds.length);
    let docId = lead!.docId;
    while (docId < end) {
      let next = docId;
      for (let i = 0; i < others.length && next === docId; i++) next = others[i]!.seek(docId);
      if (next === docId) {
        let score = 0;
        for (const list of lists) score += list.score(this.norms);
        if (score > best.floor) best.add(docId, score);
        next++;
      }
      docId = lead!.seek(next);
    }
  }

  /** Lists that cannot lift a document over the floor together are only asked of the documents of the others. */
  private any(lists: readonly List[], best: Best): void {
    const ordered = lists.toSorted((x, y) => x.maximum - y.maximum);
    const bounds: number[] = [];
    let bound = 0;
    for (const list of ordered) bounds.push((bound += list.maximum));
    let essential = 0;
    while (essential < ordered.length) {
      let docId = end;
      for (let i = essential; i < ordered.length; i++) if (ordered[i]!.docId < docId) docId = ordered[i]!.docId;
      if (docId === end) return;
      let score = 0;
      for (let i = essential; i < ordered.length; i++) {
        const list = ordered[i]!;
        if (list.docId !== docId) continue;
        score += list.score(this.norms);
        list.at++;
      }
      for (let i = essential - 1; i >= 0 && score + bounds[i]! > best.floor; i--) {
        if (ordered[i]!.seek(docId) === docId) score += ordered[i]!.score(this.norms);
      }
      if (score > best.floor) {
        best.add(docId, score);
        while (essential < ordered.length && bounds[essential]! <= best.floor) essential++;
      }
    }
  }
}
