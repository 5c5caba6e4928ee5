/**
 * Numbers as they were written, in what JSON.stringify writes: the proposal "JSON.parse source text access", which is not in
 * TypeScript's library yet.
 */
interface RawJson {
  readonly rawJSON: (text: string) => object;
  readonly isRawJSON: (value: unknown) => boolean;
}

export const { rawJSON, isRawJSON } = JSON as unknown as RawJson;

/** The value of a text of JSON, in which a number that would not be written as it was is kept as its text. @throws SyntaxError */
export function parseKeepingDigits(text: string): unknown {
  return JSON.parse(text, keepDigits);
}

function keepDigits(_name: string, value: unknown, context?: { readonly source: string }): unknown {
  if (typeof value !== 'number' || context === undefined || String(value) === context.source) return value;
  return rawJSON(context.source);
}
