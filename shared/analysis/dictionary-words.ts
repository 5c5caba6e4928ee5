/**
 * Words of scripts that put no spaces between them: Han, Hiragana and Katakana, Thai, Lao, Khmer, Myanmar. They are cut by
 * the dictionaries of the runtime (ICU, by `Intl.Segmenter`), and what those leave long of Han into pairs of characters that
 * overlap, so that a word is found within a longer one. Korean, whose particles stick to the words, is cut into pairs of
 * syllables in the same way.
 *
 * What is cut alone may be cut otherwise within a sentence: a dictionary guesses.
 */
import type { WordSink } from './word-sink.ts';

/** Which words there are does not depend on the locale. */
const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/** Units of a run that are cut at once: a dictionary takes its time, and memory for each character. */
const runLengthMax = 1024;

/** A character as it is written: in half width its voicing mark follows, a syllable may be in letters. */
const written =
  /[\u1100-\u115f\ua960-\ua97c]+[\u1160-\u11a7\ud7b0-\ud7c6]*[\u11a8-\u11ff\ud7cb-\ud7fb]*\p{M}*|[^][\uff9e\uff9f\p{M}\p{Cf}]*/gu;

const isHan = /^\p{Script=Han}+$/u;

/** What is in Katakana of a word and what is not: `東京タワー` is two words. */
const scriptRuns = /\p{Script=Katakana}[\p{Script=Katakana}ー]*|[^\p{Script=Katakana}]+/gu;

/** Characters of a word up to which it stays whole. */
const wholeMax = 2;

/** By dictionary. Cost: about a microsecond a character. */
export function cutByDictionary(text: string, start: number, end: number, sink: WordSink): boolean {
  for (let at = start; at < end;) {
    let next = Math.min(end, at + runLengthMax);
    // Not into the middle of a surrogate pair.
    if (next < end && text.codePointAt(next - 1)! > 0xffff) next--;
    cutPart(text.slice(at, next), at, sink);
    at = next;
  }
  return true;
}

function cutPart(run: string, start: number, sink: WordSink): void {
  const composed = run.normalize('NFKC');
  const origins = composed === run ? null : originsOf(run, composed);
  const source = origins === null ? run : composed;
  const cut = (index: number, length: number): void => {
    const from = origins === null ? index : origins[index]!;
    const to = origins === null ? index + length : origins[index + length]!;
    // Half of what one character becomes.
    if (to === from) return;
    if (length > wholeMax && isHan.test(source.slice(index, index + length)))
      pairs(run.slice(from, to), start + from, sink);
    else sink(run.slice(from, to), start + from, start + to, false);
  };
  for (const { segment, index } of segmenter.segment(source)) {
    if (segment.length <= wholeMax) cut(index, segment.length);
    else for (const { 0: part, index: within } of segment.matchAll(scriptRuns)) cut(index + within, part.length);
  }
}

/** Where each unit of a composed run comes from, and its end; null where characters do not come one by one. */
function originsOf(run: string, composed: string): Uint32Array | null {
  const origins = new Uint32Array(composed.length + 1);
  let at = 0;
  for (const { 0: character, index } of run.matchAll(written)) {
    const { length } = character.normalize('NFKC');
    // All of what a character becomes begins where it does.
    origins.fill(index, at, at + length);
    at += length;
  }
  origins[composed.length] = run.length;
  return at === composed.length ? origins : null;
}

/** Han and Kana by themselves, and what is of other scripts. */
const pairedRuns =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー\uff70\uff9e\uff9f\p{M}]+|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー\uff70]+/gu;
const isPaired = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー\uff70]/u;

/** Han and Kana in pairs of characters that overlap, as in Lucene's CJKBigramFilter; other scripts by dictionary. */
export function cutInPairs(text: string, start: number, end: number, sink: WordSink): boolean {
  let usedDictionaries = false;
  for (const { 0: run, index } of text.slice(start, end).matchAll(pairedRuns)) {
    const from = start + index;
    if (isPaired.test(run)) pairs(run, from, sink);
    else usedDictionaries = cutByDictionary(text, from, from + run.length, sink);
  }
  return usedDictionaries;
}

/** A word of syllables of Hangul. */
export function cutHangul(text: string, start: number, end: number, sink: WordSink): void {
  if (end - start <= wholeMax) sink(text.slice(start, end), start, end, false);
  else pairs(text.slice(start, end), start, sink);
}

/** The pairs of characters that follow one another; what has no more than two stays whole. */
function pairs(word: string, start: number, sink: WordSink): void {
  const places = Array.from(word.matchAll(written), ({ index }) => index);
  places.push(word.length);
  if (places.length - 1 <= wholeMax) sink(word, start, start + word.length, false);
  for (let at = 0; at + wholeMax < places.length && places.length - 1 > wholeMax; at++) {
    const [from, to] = [places[at]!, places[at + wholeMax]!];
    sink(word.slice(from, to), start + from, start + to, false);
  }
}
