const lengthMax = 60;

/** A JSON value in few words, for the `actual` of an error: scalars as written (long strings cut), the rest by type. */
export function describeValue(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'string') return JSON.stringify(shorten(value));
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'object' ? 'an object' : 'nothing';
}

/** Text of at most 60 characters and an ellipsis, never cut inside a surrogate pair. */
export function shorten(text: string): string {
  if (text.length <= lengthMax) return text;
  return `${text.slice(0, lengthMax).replace(/[\ud800-\udbff]$/, '')}…`;
}
