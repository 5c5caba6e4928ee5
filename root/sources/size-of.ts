/** What a message takes, or a record: requests, appends and what is held are bounded by it. Pure. */

/** Bytes that hold a header together, in memory: many small ones are more than their text. */
const headerBytes = 200;

export interface Sized {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly (readonly [name: string | Uint8Array | null, value: Uint8Array | null])[];
}

/** Bytes of key, value and headers. */
export function sizeOf({ key, value, headers }: Sized): number {
  let sizeBytes = (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, text] of headers) sizeBytes += headerBytes + (name?.length ?? 0) + (text?.length ?? 0);
  return sizeBytes;
}
