/** Patterns of names, in which `*` stands for any characters, none among them. Pure. */

export function isPattern(text: string): boolean {
  return text.includes('*');
}

/**
 * Whether a name fits: the pieces between stars stand in it one after the other, each as early as can be. Cost: a walk of the
 * name, however many stars there are. A pattern without a star fits its own name.
 */
export function fitterOf(pattern: string): (name: string) => boolean {
  const [first = '', ...pieces] = pattern.split('*');
  const last = pieces.pop();
  if (last === undefined) return (name) => name === pattern;
  return (name) => {
    if (!name.startsWith(first)) return false;
    let at = first.length;
    for (const piece of pieces) {
      const found = name.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return name.length - at >= last.length && name.endsWith(last);
  };
}

/**
 * Whether some text fits both. Of two with stars it does where one beginning begins with the other and one end ends with the
 * other: whatever else they ask for can stand between, one after the other. So it may be a text longer than a name can be.
 */
export function overlap(one: string, other: string): boolean {
  if (!isPattern(one)) return fitterOf(other)(one);
  if (!isPattern(other)) return fitterOf(one)(other);
  const begin = (pattern: string) => pattern.slice(0, pattern.indexOf('*'));
  const end = (pattern: string) => pattern.slice(pattern.lastIndexOf('*') + 1);
  const [begins, ends] = [
    [begin(one), begin(other)],
    [end(one), end(other)],
  ] as const;
  return (
    (begins[0].startsWith(begins[1]) || begins[1].startsWith(begins[0])) &&
    (ends[0].endsWith(ends[1]) || ends[1].endsWith(ends[0]))
  );
}
