import type { Binary } from './binary.ts';

/** The exponent of the last bit of the square of the least double above 0. */
export const unitExponent = -2148;

const binBits = 32;
const binBase = 2 ** binBits;
/** From the least square to the greatest, 2^2048, and room for 2^60 of those. */
const binCount = 134;
/** Additions to bins that leave each exact: one adds less than 2^33, and a double counts to 2^53. */
const additionsMax = 2 ** 19;

/** Memory that one takes, about. */
export const superaccumulatorBytes = binCount * 8 + 192;

const shifts = Float64Array.from({ length: binBits }, (_, bits) => 2 ** bits);

const double = new Float64Array(1);
/** Little-endian, as every platform is that runs this. */
const halves = new Uint32Array(double.buffer);

/**
 * The exact sum of any number of doubles: a bin for each 32 bits from the least square of a double to the greatest, to which the bits of a
 * value are added. What is lost by no addition depends on no order. Cost: some 10 ns an addition; nothing is allocated.
 *
 * Source: Neal, "Fast exact summation using small and large superaccumulators" (2015).
 */
export class Superaccumulator {
  private readonly bins = new Float64Array(binCount);
  private additions = 0;

  /** @param value finite */
  add(value: number): void {
    double[0] = value;
    const high = halves[1]!;
    const biased = (high >>> 20) & 0x7ff;
    const position = (biased === 0 ? 1 : biased) - 1075 - unitExponent;
    const shift = shifts[position & (binBits - 1)]!;
    const lower = halves[0]! * shift;
    const upper = ((high & 0xfffff) + (biased === 0 ? 0 : 0x100000)) * shift;
    const lowerCarry = Math.floor(lower / binBase);
    const upperCarry = Math.floor(upper / binBase);
    const sign = value < 0 ? -1 : 1;
    const { bins } = this;
    const bin = position >>> 5;
    bins[bin]! += sign * (lower - lowerCarry * binBase);
    bins[bin + 1]! += sign * (lowerCarry + upper - upperCarry * binBase);
    bins[bin + 2]! += sign * upperCarry;
    if (++this.additions === additionsMax) this.carry();
  }

  /** Adds a number whose last bit is not below the first bin. */
  addBinary({ digits, exponent }: Binary): void {
    const sign = digits < 0n ? -1 : 1;
    let rest = (digits < 0n ? -digits : digits) << BigInt(exponent - unitExponent);
    for (let bin = 0; rest > 0n; bin++) {
      this.bins[bin]! += sign * Number(BigInt.asUintN(binBits, rest));
      rest >>= BigInt(binBits);
    }
    if (++this.additions === additionsMax) this.carry();
  }

  /** What was added up, its last digit not 0. Cost: a microsecond or two where values are of one magnitude. */
  sum(): Binary {
    this.carry();
    const { bins } = this;
    const isNegative = bins[binCount - 1]! < 0;
    if (isNegative) this.negate();
    let digits = 0n;
    let last = 0;
    for (let bin = binCount - 1; bin >= 0; bin--) {
      if (bins[bin] === 0) continue;
      digits = (digits << BigInt(binBits * (last - bin))) + BigInt(bins[bin]!);
      last = bin;
    }
    if (isNegative) {
      this.negate();
      digits = -digits;
    }
    return { digits, exponent: unitExponent + binBits * last };
  }

  private negate(): void {
    for (let bin = 0; bin < binCount; bin++) this.bins[bin] = 0 - this.bins[bin]!;
    this.carry();
  }

  /** Leaves 0 to 2^32 − 1 in each bin but the last, which has the sign. */
  private carry(): void {
    const { bins } = this;
    for (let bin = 0; bin < binCount - 1; bin++) {
      const carried = Math.floor(bins[bin]! / binBase);
      bins[bin]! -= carried * binBase;
      bins[bin + 1]! += carried;
    }
    this.additions = 0;
  }
}
