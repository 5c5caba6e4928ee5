import { arrayOf, type Reader } from '../../../shared/json/readers.ts';
import { limits } from '../../../shared/limits.ts';

/** A list of at least one number, none of them twice, put in ascending order: what is told has one place for each. */
export function readDistinctNumbers(readOne: Reader<number>): Reader<readonly number[]> {
  const readList = arrayOf(readOne, limits.percentilesMax);
  return (node) => {
    const numbers = readList(node);
    const distinct = new Set(numbers).size;
    if (distinct === 0 || distinct < numbers.length) {
      throw node.invalid({ expected: 'at least one number, and none of them twice', actual: node.actual });
    }
    return numbers.sort((a, b) => a - b);
  };
}
