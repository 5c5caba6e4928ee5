/** The path of a document's routes. */

export interface DocumentParameters {
  readonly routing: string | undefined;
  /** To be told what a plain write did. */
  readonly result?: 'wait';
}

export function documentPath(index: string, key: string, { routing, result }: DocumentParameters): string {
  const parameters = new URLSearchParams({
    ...(routing === undefined ? {} : { routing }),
    ...(result === undefined ? {} : { result }),
  });
  const query = parameters.size === 0 ? '' : `?${parameters.toString()}`;
  return `/v1/indexes/${encodeURIComponent(index)}/documents/${encodeURIComponent(key)}${query}`;
}
