/**
 * Numbers as they were written, in what JSON.stringify writes: the proposal "JSON.parse source text access", which is not in
 * TypeScript's library yet.
 */
interface RawJson {
  readonly rawJSON: (text: string) => object;
  readonly isRawJSON: (value: unknown) => boolean;
}

export const { rawJSON, isRawJSON } = JSON as unknown as RawJson;
