/** How the keys of buckets are shown: booleans and dates are kept as numbers. */
export type KeyShow = 'plain' | 'boolean' | 'date';

/** The second form of a key; undefined where it has none. */
export function keyAsString(show: KeyShow, key: number | string): string | undefined {
  switch (show) {
    case 'plain':
      return undefined;
    case 'boolean':
      return key === 0 ? 'false' : 'true';
    case 'date': {
      const date = new Date(Number(key));
      // The border of a bucket may lie before the first date there is.
      return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
    }
  }
}
