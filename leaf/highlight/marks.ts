import type { Analyzer } from '../../shared/analysis/analyzer.ts';
import type { SoughtPhrase } from '../../shared/query/clause.ts';
import type { Wanted } from './wanted.ts';

/** A part of a text that matched, in UTF-16 units. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  /** The term there: different ones tell more than the same one again. */
  readonly term: string;
}

interface Token extends Mark {
  readonly position: number;
}

/** Words of a text times the words of a phrase, beyond which the phrase is not looked for: a few milliseconds. */
const phraseWorkMax = 262_144;

/** The parts of a text that are what is wanted, ascending and apart. Cost: analysing the text. */
export function marksIn(text: string, analyzer: Analyzer, wanted: Wanted): Mark[] {
  const { isWanted, phrases } = wanted;
  const marks: Token[] = [];
  const inPhrases: Token[] = [];
  const words = new Set(phrases.flatMap(({ slots }) => slots.flatMap((slot) => [...slot])));
  analyzer.analyze(text, (term, position, start, end) => {
    if (isWanted(term)) marks.push({ term, position, start, end });
    else if (words.has(term)) inPhrases.push({ term, position, start, end });
  });
  if (phrases.length > 0) {
    const candidates = [...marks, ...inPhrases].sort((a, b) => a.position - b.position);
    for (const phrase of phrases) for (const mark of phraseMarks(phrase, candidates)) marks.push(mark);
  }
  return withoutOverlaps(marks);
}

/**
 * The tokens that make up a phrase: with slop all that stand near enough to a first word of it, which is at least all
 * that the phrase was found by. Cost: the tokens, and the slots for each first word.
 */
function phraseMarks({ slots, places, slop }: SoughtPhrase, candidates: readonly Token[]): Token[] {
  const tokens = candidates.slice(0, phraseWorkMax / slots.length);
  const bySlot = slots.map((slot) => tokens.filter(({ term }) => slot.has(term)));
  const beginOf = (slot: number, at: number): number => bySlot[slot]![at]!.position - places[slot]!;
  // By slot: tokens below `low` begin too early for the first word at hand, those below `high` not too late.
  const low = slots.map(() => 0);
  const high = slots.map(() => 0);
  const marked = slots.map(() => 0);
  const marks: Token[] = [];
  for (let first = 0; first < bySlot[0]!.length; first++) {
    const begin = beginOf(0, first);
    for (const [slot, found] of bySlot.entries()) {
      while (low[slot]! < found.length && beginOf(slot, low[slot]!) < begin - slop) low[slot]!++;
      while (high[slot]! < found.length && beginOf(slot, high[slot]!) <= begin + slop) high[slot]!++;
    }
    if (!slots.every((_, slot) => low[slot]! < high[slot]!)) continue;
    for (const [slot, found] of bySlot.entries()) {
      for (let at = Math.max(low[slot]!, marked[slot]!); at < high[slot]!; at++) marks.push(found[at]!);
      marked[slot] = high[slot]!;
    }
  }
  return marks;
}

/** One mark for what overlaps, as pairs of characters of scripts without spaces do. */
function withoutOverlaps(marks: readonly Mark[]): Mark[] {
  const apart: Mark[] = [];
  for (const mark of marks.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = apart.at(-1);
    if (last === undefined || mark.start >= last.end) apart.push(mark);
    else if (mark.end > last.end) apart[apart.length - 1] = { ...last, end: mark.end };
  }
  return apart;
}
