/**
 * The bins of DDSketch: every number above 0 is in the bin of those that are about as large, and each bin is told as one number that none
 * in it is further from than 1 %. Logarithms are replaced by a cubic between powers of two, so that a bin follows from the bits of a
 * number by additions and multiplications of small whole numbers and is the same on every machine; that makes 1 % more bins.
 *
 * Source: Masson, Rim, Lee, "DDSketch: A Fast and Fully-Mergeable Quantile Sketch with Relative-Error Guarantees" (VLDB 2019); the cubic is
 * that of its authors' implementations (https://github.com/DataDog/sketches-java, CubicallyInterpolatedMapping).
 */
import { powerOfTwo } from './binary.ts';

/**
 * Bins of numbers from one power of two to the next. The cubic rises by at least 10/7 where numbers grow e times, so that those of a bin
 * lie no further apart than e^(7/10/35), and its number no further from them than tanh(1/100), 0.9999667 %.
 */
const binsPerOctave = 35;

/** What a number of a bin is told with at most, relative to it. Of numbers below 2.3e-308, which have fewer digits, half the least double more. */
export const binError = 0.01;

/** How much further than one number of a bin another may be, relative to the first: e^(1/50) − 1, rounded up. */
export const binWidth = 0.0203;

const double = new Float64Array(1);
/** Little-endian, as every platform is that runs this. */
const halves = new Uint32Array(double.buffer);

/** How far from a power of two to the next a mantissa is, in bins; its fraction 0 to below 1, and so is the result below `binsPerOctave`. */
function cubic(fraction: number): number {
  return ((6 * fraction - 21) * fraction + 50) * fraction;
}

/** @param value above 0, finite @returns −37,590 to 35,839 */
export function binOf(value: number): number {
  const isSmall = value < 2 ** -1022;
  double[0] = isSmall ? value * 2 ** 54 : value;
  const high = halves[1]!;
  const exponent = (high >>> 20) - (isSmall ? 1077 : 1023);
  const fraction = ((high & 0xfffff) * 2 ** 32 + halves[0]!) * 2 ** -52;
  return binsPerOctave * exponent + Math.floor(cubic(fraction));
}

/** Where each bin of the numbers from 1 to 2 begins, and where the last ends. */
const borders = Float64Array.from({ length: binsPerOctave + 1 }, (_, bin) => {
  // Newton's method; the cubic bends one way only.
  let fraction = bin / binsPerOctave;
  for (let i = 0; i < 8; i++) fraction -= (cubic(fraction) - bin) / ((18 * fraction - 42) * fraction + 50);
  return 1 + fraction;
});

/** The number that is as far from the one border as from the other, relative to them. */
const middles = Float64Array.from({ length: binsPerOctave }, (_, bin) => {
  const [low, high] = [borders[bin]!, borders[bin + 1]!];
  return (2 * low * high) / (low + high);
});

/** What the numbers of a bin are told as. */
export function valueOfBin(bin: number): number {
  const octave = Math.floor(bin / binsPerOctave);
  return middles[bin - binsPerOctave * octave]! * powerOfTwo(octave);
}

/** How much of a bin lies below a number of it, 0 to 1. */
export function shareBelow(bin: number, value: number): number {
  const octave = Math.floor(bin / binsPerOctave);
  const at = bin - binsPerOctave * octave;
  const mantissa = value / powerOfTwo(octave);
  const share = (mantissa - borders[at]!) / (borders[at + 1]! - borders[at]!);
  return Math.max(0, Math.min(1, share));
}
