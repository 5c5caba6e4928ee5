/** Phrases by looking at every place: the slow twin of the phrase iterator, without slop. */
import { analyze } from '../../shared/analysis/standard.ts';
import type { Query } from '../../shared/query/query.ts';

/** How often the phrase stands in the values of a field, which are 100 places apart. */
export function naivePhraseFrequency(values: readonly string[], query: Extract<Query, { kind: 'phrase' }>): number {
  const places = new Map<number, string>();
  let at = 0;
  for (const value of values) {
    for (const term of analyze(value)) places.set(at++, term);
    at += 100;
  }
  const holds = (start: number): boolean =>
    query.terms.every((slot, i) => {
      const found = places.get(start + (query.positions?.[i] ?? i));
      return found !== undefined && [slot].flat().includes(found);
    });
  return query.terms.length === 0 ? 0 : Array.from({ length: at }, (_, start) => start).filter(holds).length;
}
