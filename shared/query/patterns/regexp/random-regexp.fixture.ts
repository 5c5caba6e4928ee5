/** Random patterns, and a matcher that tries everything: the slow twin of the automaton. */
import type { Random } from '../../../random/random.ts';

export type Tree =
  | { readonly kind: 'one'; readonly written: string; readonly matches: (character: string) => boolean }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'nothing' | 'anyString' }
  | { readonly kind: 'interval'; readonly from: string; readonly to: string }
  | { readonly kind: 'sequence' | 'either' | 'both'; readonly parts: readonly Tree[] }
  | { readonly kind: 'not'; readonly part: Tree }
  | {
      readonly kind: 'times';
      readonly part: Tree;
      readonly written: string;
      readonly min: number;
      readonly max: number;
    };

const ones: Extract<Tree, { kind: 'one' }>[] = [
  ...['a', 'a', 'b', 'b', '𝒳', '0', '1', '\\.', '\\"'].map((written) =>
    one(written, (c) => c === written.at(-1) || c === written),
  ),
  one('.', () => true),
  one('[ab]', (c) => 'ab'.includes(c)),
  one('[^a]', (c) => c !== 'a'),
  one('[a-z]', (c) => /^[a-z]$/.test(c)),
  one('[^b-𝒳]', (c) => c.codePointAt(0)! < 0x62 || c.codePointAt(0)! > '𝒳'.codePointAt(0)!),
  one('[]0]', (c) => c === ']' || c === '0'),
  one('\\d', (c) => /^\d$/.test(c)),
  one('[\\wé]', (c) => /^[a-zA-Z0-9_é]$/.test(c)),
  one('\\W', (c) => !/^[a-zA-Z0-9_]$/.test(c)),
];

function one(written: string, matches: (character: string) => boolean): Extract<Tree, { kind: 'one' }> {
  return { kind: 'one', written, matches };
}

const counts: [written: string, min: number, max: number][] = [
  ['*', 0, Infinity],
  ['+', 1, Infinity],
  ['?', 0, 1],
  ['{2}', 2, 2],
  ['{1,}', 1, Infinity],
  ['{0,2}', 0, 2],
  ['{0}', 0, 0],
];

/** @param isCommon only what JavaScript's expressions have, too */
export function randomTree(random: Random, depth: number, isCommon: boolean): Tree {
  const inner = (): Tree => randomTree(random, depth - 1, isCommon);
  const some = (): Tree[] => Array.from({ length: random.integer(2, 3) }, inner);
  if (depth === 0 || random.chance(0.2)) {
    if (isCommon || random.chance(0.8)) return random.pick(ones);
    return random.pick<Tree>([
      { kind: 'nothing' },
      { kind: 'anyString' },
      { kind: 'text', text: 'a.b' },
      { kind: 'text', text: '' },
      { kind: 'interval', from: '1', to: '10' },
      { kind: 'interval', from: '11', to: '00' },
    ]);
  }
  if (random.chance(0.4)) return { kind: 'sequence', parts: some() };
  if (random.chance(0.3)) return { kind: 'either', parts: some() };
  if (isCommon || random.chance(0.5)) {
    const [written, min, max] = random.pick(counts);
    return { kind: 'times', part: inner(), written, min, max };
  }
  return random.chance(0.5) ? { kind: 'not', part: inner() } : { kind: 'both', parts: some() };
}

/** As it is written. What is inside something else stands in parentheses. */
export function write(tree: Tree): string {
  const inside = (part: Tree): string => (part.kind === 'one' ? write(part) : `(${write(part)})`);
  switch (tree.kind) {
    case 'one':
      return tree.written;
    case 'text':
      return `"${tree.text}"`;
    case 'nothing':
      return '#';
    case 'anyString':
      return '@';
    case 'interval':
      return `<${tree.from}-${tree.to}>`;
    case 'sequence':
      return tree.parts.map(inside).join('');
    case 'either':
      return tree.parts.map(inside).join('|');
    case 'both':
      return tree.parts.map(inside).join('&');
    case 'not':
      return `~${inside(tree.part)}`;
    case 'times':
      return inside(tree.part) + tree.written;
  }
}

export function naiveMatches(tree: Tree, text: string): boolean {
  const characters = Array.from(text);
  return endsOf(tree, characters, 0).has(characters.length);
}

/** Where it may end that begins at a place. */
function endsOf(tree: Tree, text: readonly string[], start: number): ReadonlySet<number> {
  const all = Array.from({ length: text.length - start + 1 }, (_, i) => start + i);
  const where = (accepts: (piece: string) => boolean): ReadonlySet<number> =>
    new Set(all.filter((end) => accepts(text.slice(start, end).join(''))));
  switch (tree.kind) {
    case 'one':
      return start < text.length && tree.matches(text[start]!) ? new Set([start + 1]) : new Set();
    case 'text':
      return where((piece) => piece === tree.text);
    case 'nothing':
      return new Set();
    case 'anyString':
      return new Set(all);
    case 'interval':
      return where((piece) => isWithin(piece, tree.from, tree.to));
    case 'sequence':
      return tree.parts.reduce(
        (starts, part) => afterEach(starts, part, text),
        new Set([start]) as ReadonlySet<number>,
      );
    case 'either':
      return tree.parts.reduce((ends, part) => ends.union(endsOf(part, text, start)), new Set<number>());
    case 'both':
      return tree.parts.reduce((ends, part) => ends.intersection(endsOf(part, text, start)), new Set(all));
    case 'not':
      return new Set(all).difference(endsOf(tree.part, text, start));
    case 'times':
      return repeatedEnds(tree, text, start);
  }
}

function afterEach(starts: ReadonlySet<number>, part: Tree, text: readonly string[]): ReadonlySet<number> {
  return new Set([...starts].flatMap((start) => [...endsOf(part, text, start)]));
}

function repeatedEnds(
  { part, min, max }: Extract<Tree, { kind: 'times' }>,
  text: readonly string[],
  start: number,
): ReadonlySet<number> {
  let ends: ReadonlySet<number> = new Set([start]);
  for (let i = 0; i < min; i++) ends = afterEach(ends, part, text);
  let found = ends;
  // More often than there are characters adds nothing.
  for (let i = min; i < Math.min(max, min + text.length + 1); i++) {
    ends = afterEach(ends, part, text);
    found = found.union(ends);
  }
  return found;
}

function isWithin(piece: string, from: string, to: string): boolean {
  if (!/^\d+$/.test(piece) || (from.length === to.length && piece.length !== from.length)) return false;
  const [a, b, value] = [Number(from), Number(to), Number(piece)];
  return value >= Math.min(a, b) && value <= Math.max(a, b);
}
