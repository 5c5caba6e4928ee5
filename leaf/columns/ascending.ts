/** Ascending numbers, packed as the first and the distances between neighbours, which are small where the numbers are not. */
import { packNumbers, unpackNumbers } from './packed-numbers.ts';

export interface PackedAscending {
  /** Packed numbers: the first, or none where there are no numbers. */
  readonly first: Uint8Array;
  /** Packed numbers: for each number its distance from the one before, 0 for the first. */
  readonly distances: Uint8Array;
}

/** @param numbers ascending whole numbers, safe integers */
export function packAscending(numbers: Float64Array): PackedAscending {
  const distances = new Float64Array(numbers.length);
  for (let i = 1; i < numbers.length; i++) distances[i] = numbers[i]! - numbers[i - 1]!;
  return { first: packNumbers(numbers.subarray(0, 1)), distances: packNumbers(distances) };
}

/** @param count how many numbers there are */
export function unpackAscending({ first, distances }: PackedAscending, count: number): Float64Array {
  const numbers = unpackNumbers(distances, new Float64Array(count));
  if (count > 0) unpackNumbers(first, numbers);
  for (let i = 1; i < count; i++) numbers[i]! += numbers[i - 1]!;
  return numbers;
}
