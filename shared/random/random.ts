/**
 * Pseudo-random numbers from a seed: the same seed gives the same numbers on every machine, so that tests, simulations
 * and benchmarks can be replayed. Not for secrets.
 *
 * Source: xoshiro128** 1.1 of Blackman and Vigna (https://prng.di.unimi.it/xoshiro128starstar.c), its state filled by
 * splitmix32 with the finalizer of MurmurHash3.
 */
export interface Random {
  /** A number in [0, 1), a multiple of 2^-32. */
  next(): number;
  /** A whole number from `min` to `max`, both included; max − min below 2^32. */
  integer(min: number, max: number): number;
  /** True with this probability, 0 to 1. */
  chance(probability: number): boolean;
  /** One element; the array must not be empty. */
  pick<T>(array: readonly T[]): T;
  /** A new array with the same elements in random order (Fisher and Yates). */
  shuffle<T>(array: readonly T[]): T[];
}

/** @param seed any whole number; its low 32 bits count */
export function createRandom(seed: number): Random {
  const word = splitmix32(seed);
  const nextWord = xoshiro128([word(), word(), word(), word()]);
  const next = (): number => nextWord() / 2 ** 32;
  const integer = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    integer,
    chance: (probability) => next() < probability,
    pick: (array) => {
      if (array.length === 0) throw new RangeError('nothing to pick from');
      return array[integer(0, array.length - 1)]!;
    },
    shuffle: (array) => {
      const result = [...array];
      for (let i = result.length - 1; i > 0; i--) {
        const j = integer(0, i);
        [result[i], result[j]] = [result[j]!, result[i]!];
      }
      return result;
    },
  };
}

type State = readonly [number, number, number, number];

/** The generator itself: 32 bits a call, as unsigned numbers. The state must not be all zeros. */
export function xoshiro128(state: State): () => number {
  let [a, b, c, d] = state;
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result >>> 0;
  };
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** Spreads a small seed over many words; never four zeros in a row. */
function splitmix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let word = state ^ (state >>> 16);
    word = Math.imul(word, 0x85ebca6b);
    word ^= word >>> 13;
    word = Math.imul(word, 0xc2b2ae35);
    return (word ^ (word >>> 16)) >>> 0;
  };
}
