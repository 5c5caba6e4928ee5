/** Paths to numbers of results, as callers write them in the `order` of terms and in `buckets_path`. Pure. */

/** What stands between two `>`. */
export interface PathElement {
  /** Of an aggregation or a pipeline. */
  readonly name: string;
  /** What stands in brackets after it: a bucket, or one of its numbers. */
  readonly key: string | null;
  /** What stands after a dot: one of its numbers. */
  readonly number: string | null;
}

/** A key in brackets, with quotes around it or without; or what parts two elements. */
const piece = /\[(?:'.*?'|".*?"|[^\]]*)\]|>/gs;

/** The elements of a path; a `>` in brackets is part of a key. At least one, which may be empty. */
export function splitPath(path: string): string[] {
  const elements: string[] = [];
  let from = 0;
  for (const { 0: found, index } of path.matchAll(piece)) {
    if (found !== '>') continue;
    elements.push(path.slice(from, index));
    from = index + 1;
  }
  elements.push(path.slice(from));
  return elements;
}

const inBrackets = /^(?<name>[^[]*)\[(?:'(?<single>.*?)'|"(?<double>.*?)"|(?<bare>[^\]]*))\](?:\.(?<number>.*))?$/s;

/** The name that an element begins with, and what follows it: the longest that is known, as names may have dots. Null where none is. */
export function elementOf(text: string, isKnown: (name: string) => boolean): PathElement | null {
  const { name, single, double, bare, number = null } = inBrackets.exec(text)?.groups ?? {};
  if (name !== undefined && isKnown(name)) return { name, key: single ?? double ?? bare ?? null, number };
  if (isKnown(text)) return { name: text, key: null, number: null };
  for (let dot = text.lastIndexOf('.'); dot > 0; dot = text.lastIndexOf('.', dot - 1)) {
    const before = text.slice(0, dot);
    if (isKnown(before)) return { name: before, key: null, number: text.slice(dot + 1) };
  }
  return null;
}

/**
 * Which of the numbers of a result is meant; undefined where none is.
 * @param names of its numbers: where there is but one, it need not be named
 * @param asked `99` is `99.0` of percentiles; null where nothing is said
 */
export function numberMeant(names: readonly string[], asked: string | null): string | undefined {
  if (asked === null) return names.length === 1 ? names[0] : undefined;
  return names.find((name) => name === asked) ?? names.find((name) => isSameNumber(name, asked));
}

function isSameNumber(name: string, asked: string): boolean {
  return name.trim() !== '' && asked.trim() !== '' && Number(name) === Number(asked);
}
