/** MiniSearch with the analysis and the BM25 of this project; it has no phrases. */
import MiniSearch from 'minisearch';
import { analyze } from '../../shared/analysis/standard.ts';
import type { Contestant, RankedHit } from './contestant.ts';
import type { EngineQuery } from './queries.ts';

export class MiniSearchContestant implements Contestant {
  readonly name = 'MiniSearch';
  private readonly index = new MiniSearch<{ id: number; body: string }>({
    fields: ['body'],
    tokenize: analyze,
    processTerm: (term) => term,
    searchOptions: { bm25: { k: 1.2, b: 0.75, d: 0 } },
  });

  build(texts: readonly string[]): void {
    this.index.addAll(texts.map((body, id) => ({ id, body })));
  }

  search({ kind, terms }: EngineQuery, k: number): RankedHit[] | null {
    if (kind === 'phrase') return null;
    const found = this.index.search(terms.join(' '), { combineWith: kind === 'and' ? 'AND' : 'OR' });
    return found.slice(0, k).map(({ id, score }) => ({ document: Number(id), score }));
  }
}
