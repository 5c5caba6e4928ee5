/** The path of a document's routes. */

export interface DocumentParameters {
  readonly routing: string | undefined;
  /** To be told what a plain write did. */
  readonly result?: 'wait';
  /** Of a patch: put it where there is no document. */
  readonly upsert?: boolean;
}

export function documentPath(
  index: string,
  key: string,
  { routing, result, upsert = false }: DocumentParameters,
): string {
  const parameters = new URLSearchParams({
    ...(routing === undefined ? {} : { routing }),
    ...(result === undefined ? {} : { result }),
    ...(upsert ? { upsert: 'true' } : {}),
  });
  const query = parameters.size === 0 ? '' : `?${parameters.toString()}`;
  return `/v1/indexes/${encodeURIComponent(index)}/documents/${encodeURIComponent(key)}${query}`;
}
