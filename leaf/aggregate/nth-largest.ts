import type { Steps } from '../schedule/steps.ts';

/** Cells that a range of numbers is divided into, once a pass. */
const cellCount = 256;
/** Numbers counted between two yields. */
export const countedPerStep = 16_384;
/** Numbers that are counted for what looking at a document costs. */
export const countedPerDocument = 16;

/**
 * The number that would be at a place if all were sorted, the largest first: found by counting how many lie in parts of a range,
 * again and again in a smaller one. Cost: a pass for each 8 bits of their range, seven at most.
 * @param numbers whole, from 0 to 2^53 − 1
 * @param place from 1 to how many there are
 * @returns the number, and how many are larger
 */
export function* nthLargest(
  numbers: Float64Array,
  place: number,
): Steps<{ readonly number: number; readonly above: number }> {
  let low = 0;
  let high = 0;
  for (let start = 0; start < numbers.length; start += countedPerStep) {
    const piece = numbers.subarray(start, start + countedPerStep);
    high = Math.max(high, largestOf(piece));
    yield piece.length / countedPerDocument;
  }
  /** Those beyond `high`. */
  let above = 0;
  const cells = new Uint32Array(cellCount);
  while (low < high) {
    const width = Math.ceil((high - low + 1) / cellCount);
    cells.fill(0);
    for (let start = 0; start < numbers.length; start += countedPerStep) {
      const piece = numbers.subarray(start, start + countedPerStep);
      countInCells(piece, { low, high, width }, cells);
      yield piece.length / countedPerDocument;
    }
    let cell = cellCount - 1;
    while (above + cells[cell]! < place) above += cells[cell--]!;
    low += cell * width;
    high = Math.min(high, low + width - 1);
  }
  return { number: low, above };
}

function largestOf(numbers: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < numbers.length; i++) if (numbers[i]! > largest) largest = numbers[i]!;
  return largest;
}

function countInCells(
  numbers: Float64Array,
  { low, high, width }: { readonly low: number; readonly high: number; readonly width: number },
  cells: Uint32Array,
): void {
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i]!;
    if (number < low || number > high) continue;
    // A quotient just below the last border may be rounded to it.
    cells[Math.min(cellCount - 1, Math.floor((number - low) / width))]!++;
  }
}
