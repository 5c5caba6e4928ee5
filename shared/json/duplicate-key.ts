/**
 * Names that stand twice in one JSON object. JSON.parse keeps the last and drops the others without a word; Sheaf drops
 * nothing silently, so such a text is refused.
 *
 * Finding out costs one pass over the bytes and one over the value, a small part of parsing: the names written are
 * counted and compared with the names kept. Only where the two differ is the place looked for.
 */
import { escapeToken } from './request-node.ts';

export interface DuplicateKey {
  /** JSON pointer to the value. */
  readonly at: string;
  readonly detail: {
    readonly name: string;
    /** Of the second of the two names, in characters from the beginning of the text. */
    readonly position: number;
  };
}

/**
 * The first name that stands twice in one object, or `null`. Nothing recurses, so that no nesting is too deep.
 * @param bytes valid JSON in UTF-8
 * @param value what JSON.parse made of it
 * @param written how many names stand in it, where that was counted before
 */
export function findDuplicateKey(
  bytes: Uint8Array,
  value: unknown,
  written: number = countNamesWritten(bytes),
): DuplicateKey | null {
  if (written === countNamesKept(value)) return null;
  return locate(new TextDecoder().decode(bytes));
}

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;

/** Outside of strings a colon stands after each name and nowhere else. Hot: about 0.5 ns a byte. */
function countNamesWritten(bytes: Uint8Array): number {
  const { length } = bytes;
  let count = 0;
  for (let at = 0; at < length;) {
    const byte = bytes[at++]!;
    if (byte === colon) count++;
    else if (byte === quote) {
      for (let inner = bytes[at++]!; inner !== quote; inner = bytes[at++]!) if (inner === backslash) at++;
    }
  }
  return count;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function countNamesKept(value: unknown): number {
  let count = 0;
  const waiting: object[] = isContainer(value) ? [value] : [];
  for (let container = waiting.pop(); container !== undefined; container = waiting.pop()) {
    if (Array.isArray(container)) {
      for (const element of container) if (isContainer(element)) waiting.push(element);
    } else {
      // What JSON.parse makes inherits nothing that can be enumerated.
      for (const name in container) {
        count++;
        const inner = (container as Readonly<Record<string, unknown>>)[name];
        if (isContainer(inner)) waiting.push(inner);
      }
    }
  }
  return count;
}

/** A container that is open where the scan stands; `token` is the name or the index of the value it is in. */
type Open =
  | { readonly kind: 'object'; readonly names: Set<string>; token: string }
  | { readonly kind: 'array'; token: number };

/** Where a string begins, or what moves the place. */
const structure = /["[\]{},]/g;
const beforeColon = /\s*:/y;

function locate(text: string): DuplicateKey | null {
  const open: Open[] = [];
  structure.lastIndex = 0;
  for (let match = structure.exec(text); match !== null; match = structure.exec(text)) {
    const inner = open.at(-1);
    if (match[0] === '"') {
      const end = endOfString(text, match.index);
      structure.lastIndex = end;
      if (inner?.kind !== 'object' || !isName(text, end)) continue;
      inner.token = JSON.parse(text.slice(match.index, end)) as string;
      if (inner.names.has(inner.token)) return found(open, inner.token, match.index);
      inner.names.add(inner.token);
    } else move(open, match[0]);
  }
  return null;
}

function move(open: Open[], token: string): void {
  const inner = open.at(-1);
  if (token === '{') open.push({ kind: 'object', names: new Set(), token: '' });
  else if (token === '[') open.push({ kind: 'array', token: 0 });
  else if (token !== ',') open.pop();
  else if (inner?.kind === 'array') inner.token++;
}

function isName(text: string, end: number): boolean {
  beforeColon.lastIndex = end;
  return beforeColon.test(text);
}

/** The position after the string that begins here. A loop and no pattern: patterns end on strings of many megabytes. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function found(open: readonly Open[], name: string, position: number): DuplicateKey {
  const at = open.map(({ token }) => `/${escapeToken(String(token))}`).join('');
  return { at, detail: { name, position } };
}
