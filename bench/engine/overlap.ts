/** The share of one answer's documents that another has too, 0 to 1; 1 for two empty answers. Pure. */
export function overlapOf(a: readonly number[], b: readonly number[]): number {
  const count = Math.max(a.length, b.length);
  if (count === 0) return 1;
  const known = new Set(a);
  return b.filter((document) => known.has(document)).length / count;
}
