/** Where the least value of a row is, or the greatest; −1 if the row is empty. */
export function extreme(
  starts: Uint32Array,
  values: Float64Array | Uint32Array,
  docId: number,
  greatest: boolean,
): number {
  const end = starts[docId + 1]!;
  let best = starts[docId]!;
  if (best === end) return -1;
  for (let i = best + 1; i < end; i++) if (greatest === values[i]! > values[best]!) best = i;
  return best;
}
