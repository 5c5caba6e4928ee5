/** Which terms have buckets: those that are included, without those that are excluded. */
import { hash64 } from '../hashing/hash.ts';
import { hashNumber } from '../hashing/hash-number.ts';
import { integerWithin, oneOf, readString } from '../json/readers.ts';
import { listOf, shaped, validateProperty, type Validator } from '../json/validators.ts';
import { limits } from '../limits.ts';
import { compileRegexp } from '../query/patterns/regexp/compile-regexp.ts';
import type { Dfa } from '../query/patterns/regexp/dfa.ts';
import { regexpOperators } from '../query/patterns/regexp/parse-regexp.ts';
import { madeOfPattern } from '../query/patterns/regexp/regexp-fault.ts';

export type TermSet =
  | { readonly kind: 'values'; readonly values: readonly (number | string)[] }
  /** Of strings: those that match as a whole, in the syntax of the regexp clause. */
  | { readonly kind: 'pattern'; readonly pattern: string }
  /** One of so many parts of about the same size, by hash: each term is in one of them, on every leaf the same. */
  | { readonly kind: 'partition'; readonly partition: number; readonly partitions: number };

export interface TermChoice {
  /** All where it is left out. */
  readonly include?: TermSet;
  /** None where it is left out. */
  readonly exclude?: TermSet;
}

export const validateTerm: Validator = (node) => {
  if (typeof node.value !== 'number' && typeof node.value !== 'string') throw node.wrongType('a number or a string');
  return node.value;
};

/** States that the automaton of a pattern may have: what reading it as a whole takes is a few milliseconds then. */
const patternStatesMax = 1000;

const validateSets: Readonly<Record<TermSet['kind'], Validator>> = {
  values: shaped({ values: listOf(validateTerm) }),
  pattern: (node) => {
    const pattern = validateProperty(node, 'pattern', readString);
    return madeOfPattern(node.child('pattern', pattern), () => patternOf(pattern));
  },
  partition: shaped({
    partition: integerWithin(0, limits.termPartitionsMax),
    partitions: integerWithin(1, limits.termPartitionsMax),
  }),
};

const validateSet: Validator = (node) =>
  validateSets[validateProperty(node, 'kind', oneOf(['values', 'pattern', 'partition']))](node);

export const validateTermChoice: Validator = shaped({}, { include: validateSet, exclude: validateSet });

/** @throws SheafError REQUEST_VALUE_INVALID where the pattern is none, or what has to be determinised at once is too much */
export function patternOf(pattern: string): Dfa {
  return compileRegexp({ pattern, operators: regexpOperators, isCaseInsensitive: false }, patternStatesMax);
}

/**
 * Tells of a term whether it is chosen. Cost: a look-up, a step of the automaton a character, or a hash.
 * @throws SheafError REQUEST_VALUE_INVALID as `patternOf`
 */
export function chooserOf({ include, exclude }: TermChoice): (term: number | string) => boolean {
  const isIncluded = include === undefined ? null : testOf(include);
  const isExcluded = exclude === undefined ? null : testOf(exclude);
  return (term) => (isIncluded?.(term) ?? true) && !(isExcluded?.(term) ?? false);
}

function testOf(set: TermSet): (term: number | string) => boolean {
  switch (set.kind) {
    case 'values': {
      const values = new Set(set.values);
      return (term) => values.has(term);
    }
    case 'pattern': {
      const automaton = patternOf(set.pattern);
      return (term) => typeof term === 'string' && automaton.matches(term);
    }
    case 'partition':
      return (term) => partitionOfTerm(term, set.partitions) === set.partition;
  }
}

const hash = new Uint32Array(2);

/** 0 to `partitions` − 1. */
function partitionOfTerm(term: number | string, partitions: number): number {
  if (typeof term === 'string') return Number(hash64(term) % BigInt(partitions));
  hashNumber(term, hash);
  // The remainder of both halves together, in numbers below 2^53.
  return ((((hash[0]! % partitions) * 2 ** 32) % partitions) + (hash[1]! % partitions)) % partitions;
}
