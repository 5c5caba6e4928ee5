import { dead, type Dfa } from '../../shared/query/patterns/regexp/dfa.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import type { Steps } from '../schedule/steps.ts';
import { comparedPerDocument, workPerStep } from './comparing.ts';
import { OrdinalSet } from './ordinal-set.ts';
import { TermWalk } from './term-walk.ts';

/** What going to the next term costs, in steps compared. */
const termCost = 8;
/** What looking a string up costs, in steps compared. */
const lookUpCost = 512;
/** Effort of the automaton for what a document costs. */
const effortPerDocument = 2;
/** After so many terms in a row that cannot match, what can is looked up. */
const deadRun = 16;

/**
 * Ordinals of the terms that match a pattern as a whole, in steps.
 *
 * Cost: a step of the automaton for each character that a term, of those that begin as the pattern does, does not share with the
 * one before. Where no term that begins so can match, the next that can is looked up.
 */
export function* expandRegexp(dictionary: Dictionary, automaton: Dfa): Steps<OrdinalSet> {
  if (automaton.start === dead) return new OrdinalSet(0, 0);
  const { start, end } = dictionary.prefixRange(automaton.prefix());
  const ordinals = new OrdinalSet(start, end);
  if (start >= end) return ordinals;
  const cursor = dictionary.cursorAt(start);
  const walk = new TermWalk(automaton);
  let effort = 0;
  let work = 0;
  let deadTerms = 0;
  for (let ordinal = start; ordinal < end;) {
    if (walk.accepts(cursor.bytes, cursor.length)) ordinals.add(ordinal);
    work += (termCost + walk.taken) / comparedPerDocument + (automaton.effort - effort) / effortPerDocument;
    effort = automaton.effort;
    deadTerms = walk.isDead ? deadTerms + 1 : 0;
    if (deadTerms < deadRun) {
      ordinal++;
      cursor.next();
    } else {
      const next = walk.next();
      if (next === null) break;
      ordinal = Math.max(ordinal + 1, dictionary.lowerBound(next));
      if (ordinal < end) cursor.seek(ordinal);
      work += lookUpCost / comparedPerDocument;
      deadTerms = 0;
    }
    if (work < workPerStep) continue;
    yield work;
    work = 0;
  }
  yield work;
  return ordinals;
}
