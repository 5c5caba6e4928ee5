import type { Mark } from './marks.ts';

/** A piece of a text around some marks. */
export interface Fragment {
  readonly start: number;
  readonly end: number;
  readonly marks: readonly Mark[];
}

/** A word that a cut falls into is kept whole when it goes on for no more than this. */
const wordLengthMax = 40;

/**
 * Pieces of about `size` characters around the marks, ascending and apart: each begins with a mark that no piece before
 * has, in the middle of what room it leaves. Cuts are between words where there are any.
 */
export function cutFragments(text: string, marks: readonly Mark[], size: number): Fragment[] {
  const fragments: Fragment[] = [];
  let cut = 0;
  for (let i = 0; i < marks.length;) {
    const first = marks[i]!;
    let next = i + 1;
    while (next < marks.length && marks[next]!.end - first.start <= size) next++;
    const last = marks[next - 1]!;
    const room = Math.max(0, size - (last.end - first.start));
    const start = startOfWord(text, Math.max(cut, first.start - (room >> 1)), first.start);
    // Up to where the next piece begins its first mark.
    const limit = marks[next]?.start ?? text.length;
    const end = endOfWord(text, Math.min(limit, Math.max(last.end, start + size)), last.end);
    fragments.push({ start, end, marks: marks.slice(i, next) });
    cut = end;
    i = next;
  }
  return fragments;
}

/** The best few, in the order of the text: those with most different terms, then most marks, then the earliest. */
export function bestFragments<F extends Pick<Fragment, 'marks'>>(fragments: readonly F[], countMax: number): F[] {
  const rated = fragments.map((fragment, at) => ({
    fragment,
    at,
    terms: new Set(fragment.marks.map(({ term }) => term)).size,
  }));
  return rated
    .sort((a, b) => b.terms - a.terms || b.fragment.marks.length - a.fragment.marks.length || a.at - b.at)
    .slice(0, countMax)
    .sort((a, b) => a.at - b.at)
    .map(({ fragment }) => fragment);
}

/** The first place from `at` on where a word begins, and at most `before`. */
function startOfWord(text: string, at: number, before: number): number {
  if (at === 0 || isSpace(text, at - 1)) return at;
  for (let i = at; i < before && i - at < wordLengthMax; i++) if (isSpace(text, i)) return i + 1;
  return isInsidePair(text, at) ? at + 1 : at;
}

/** The last place up to `at` where a word ends, and at least `after`. */
function endOfWord(text: string, at: number, after: number): number {
  if (at === text.length || isSpace(text, at)) return at;
  for (let i = at; i > after && at - i < wordLengthMax; i--) if (isSpace(text, i - 1)) return i - 1;
  return isInsidePair(text, at) ? Math.max(after, at - 1) : at;
}

function isSpace(text: string, at: number): boolean {
  return /\s/.test(text[at]!);
}

function isInsidePair(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  const before = text.charCodeAt(at - 1);
  return unit >= 0xdc00 && unit < 0xe000 && before >= 0xd800 && before < 0xdc00;
}
