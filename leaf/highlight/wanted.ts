import type { Query } from '../../shared/query/query.ts';
import { isNear } from '../expand/expand.ts';
import { EditDistance } from '../expand/edit-distance.ts';
import { compileWildcard, matchesWildcard } from '../expand/wildcard.ts';

/** Terms that mark where they stand side by side. */
export interface WantedPhrase {
  /** By slot: the terms that may stand there. */
  readonly slots: readonly ReadonlySet<string>[];
  /** By slot: its place in the phrase. */
  readonly places: readonly number[];
  readonly slop: number;
}

/** What a query looks for in one field. */
export interface Wanted {
  /** Whether a term is looked for wherever it stands. */
  readonly isWanted: (term: string) => boolean;
  readonly phrases: readonly WantedPhrase[];
}

type Pattern = (term: string) => boolean;

/** What a query looks for in a field, whatever it excludes aside; null where that is nothing. */
export function wantedIn(query: Query, field: string): Wanted | null {
  const terms = new Set<string>();
  const patterns: Pattern[] = [];
  const phrases: WantedPhrase[] = [];
  const visit = (node: Query): void => {
    if ('field' in node && node.field !== field) return;
    switch (node.kind) {
      case 'term':
        return void terms.add(node.term);
      case 'keywords':
        return node.terms.forEach((term) => terms.add(term));
      case 'prefix':
        return void patterns.push((term) => term.startsWith(node.prefix));
      case 'wildcard':
        return void patterns.push(wildcardPattern(node.pattern));
      case 'fuzzy':
        return void patterns.push(fuzzyPattern(node));
      case 'phrase':
        return addPhrase(node, terms, phrases);
      case 'bool':
        return [...node.must, ...node.should, ...node.filter].forEach(visit);
      case 'boosted':
      case 'constantScore':
        return visit(node.query);
      case 'disMax':
        return node.queries.forEach(visit);
      case 'all':
      case 'none':
      case 'exists':
      case 'ids':
      case 'numbers':
      case 'numberRange':
      case 'keywordRange':
    }
  };
  visit(query);
  if (terms.size + patterns.length + phrases.length === 0) return null;
  const matches = remember((term) => patterns.some((pattern) => pattern(term)));
  return { isWanted: (term) => terms.has(term) || (patterns.length > 0 && matches(term)), phrases };
}

type PhraseQuery = Extract<Query, { kind: 'phrase' }>;

/** A phrase of one word is that word. */
function addPhrase({ terms: slots, positions, slop }: PhraseQuery, terms: Set<string>, phrases: WantedPhrase[]): void {
  const sets = slots.map((slot) => new Set(typeof slot === 'string' ? [slot] : slot));
  if (sets.length === 1) for (const term of sets[0]!) terms.add(term);
  else if (sets.length > 1) phrases.push({ slots: sets, places: sets.map((_, i) => positions?.[i] ?? i), slop });
}

function wildcardPattern(pattern: string): Pattern {
  const wildcard = compileWildcard(pattern);
  return (term) => {
    const bytes = Buffer.from(term);
    return matchesWildcard(wildcard, bytes, bytes.length);
  };
}

function fuzzyPattern({ term: word, edits, prefixLength }: Extract<Query, { kind: 'fuzzy' }>): Pattern {
  const prefix = Array.from(word).slice(0, prefixLength).join('');
  const distance = new EditDistance(word, edits);
  const lengthMax = 2 * (word.length + edits);
  return (term) => term.length <= lengthMax && term.startsWith(prefix) && isNear(distance, term, edits);
}

/** Words of a text whose matching is known. */
const rememberedMax = 16_384;

/** Patterns cost more than a look-up, and most words of a text come again. */
function remember(pattern: Pattern): Pattern {
  const known = new Map<string, boolean>();
  return (term) => {
    let result = known.get(term);
    if (result === undefined) {
      if (known.size >= rememberedMax) known.clear();
      known.set(term, (result = pattern(term)));
    }
    return result;
  };
}
