/** The text of a document between two markers, replaced. Pure. */
export interface Markers {
  readonly begin: string;
  readonly end: string;
}

/** The markers of a generated part of a Markdown document: comments, which no reader sees. */
export function commentMarkers(name: string): Markers {
  return { begin: `<!-- ${name}:begin -->`, end: `<!-- ${name}:end -->` };
}

/**
 * The document with `inner` on lines of its own between the markers, which stay. Done twice it changes nothing more.
 * @throws Error unless each marker is there once, the first before the second
 */
export function replaceBetween(document: string, { begin, end }: Markers, inner: string): string {
  const beginAt = onlyIndexOf(document, begin);
  const endAt = onlyIndexOf(document, end);
  if (endAt < beginAt) throw new Error(`${end} comes before ${begin}`);
  return `${document.slice(0, beginAt + begin.length)}\n\n${inner.trim()}\n\n${document.slice(endAt)}`;
}

function onlyIndexOf(document: string, marker: string): number {
  const at = document.indexOf(marker);
  if (at < 0) throw new Error(`the document has no ${marker}`);
  if (document.includes(marker, at + 1)) throw new Error(`the document has more than one ${marker}`);
  return at;
}
