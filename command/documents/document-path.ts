/** The path of a document's routes. */
export function documentPath(index: string, key: string): string {
  return `/v1/indexes/${encodeURIComponent(index)}/documents/${encodeURIComponent(key)}`;
}
