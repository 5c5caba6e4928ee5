/**
 * Buckets of a histogram by number: bucket `index` holds the values from `index * interval + offset` to the next
 * border. Between processes buckets are known by their index, which is exact where a border would be rounded; the
 * border is computed once, for the caller.
 *
 * Both are decimal arithmetic (decimal.ts): 0.3 stands in the bucket 3 of the interval 0.1, where doubles divide to
 * 2.9999999999999996, and that bucket begins at 0.3, where they multiply to 0.30000000000000004.
 */
import { SheafError } from '../errors.ts';
import { added, decimalOf, doubleOf, multiplied, subtracted, wholeQuotient, type Decimal } from './decimal.ts';

/** Where the borders of the buckets of a field are. */
export type Borders = {
  readonly field: string;
  /** Greater than 0. */
  readonly interval: number;
  /** Shifts the bucket borders; 0 ≤ offset < interval. */
  readonly offset: number;
};

/** Powers of ten are doubles up to here. */
const decimalsMax = 22;

/** In units of the last decimal: below it a product with the scale, and a sum with the slack, err by half of the slack. */
const scaledMax = 2 ** 50;

/** Values that may have been rounded below a whole unit are taken for it, and looked at again. */
const slack = 1 / 8;

/** A quotient is nearer to its double than this, relative to what was divided. */
const quotientError = 2 ** -50;

/** Finds the bucket of a value. Made once for many values. */
export class BucketFinder {
  private readonly request: Borders;
  /** 10 to the number of decimals of the interval and the offset, and both in that unit; NaN where no double holds them. */
  private readonly scale: number;
  private readonly scaledInterval: number;
  private readonly scaledOffset: number;
  private readonly interval: Decimal;
  private readonly offset: Decimal;

  constructor(request: Borders) {
    this.request = request;
    this.interval = decimalOf(request.interval);
    this.offset = decimalOf(request.offset);
    const { scale, interval, offset } = scaled(this.interval, this.offset);
    this.scale = scale;
    this.scaledInterval = interval;
    this.scaledOffset = offset;
  }

  /**
   * The bucket of a value. Hot: a value is cut to the decimals of the interval, and what is then divided are whole numbers.
   * @throws SheafError REQUEST_VALUE_INVALID when the interval is so small that buckets out there cannot be told apart
   */
  indexOf(value: number): number {
    const { scale } = this;
    // So the units are right or one too many: the double of that many says. Few values are so near, so the branch is cheap.
    const units = Math.floor(value * scale + slack);
    const distance = (units / scale > value ? units - 1 : units) - this.scaledOffset;
    // False for NaN too. A value just below 0 may divide to −0.
    if (distance >= -scaledMax && distance <= scaledMax) return Math.floor(distance / this.scaledInterval) + 0;
    return this.farIndexOf(value);
  }

  /**
   * The buckets of the first `count` values, as `indexOf` says. Hot: a loop of its own.
   * @param indexes what they become
   * @throws SheafError as `indexOf`
   */
  indexesOf(values: Float64Array, count: number, indexes: Float64Array): void {
    const { scale, scaledInterval, scaledOffset } = this;
    if (scale === 1) {
      // The same without what is needed for decimals.
      for (let i = 0; i < count; i++) {
        const distance = Math.floor(values[i]!) - scaledOffset;
        indexes[i] =
          distance >= -scaledMax && distance <= scaledMax
            ? Math.floor(distance / scaledInterval) + 0
            : this.farIndexOf(values[i]!);
      }
      return;
    }
    for (let i = 0; i < count; i++) {
      const value = values[i]!;
      const units = Math.floor(value * scale + slack);
      const distance = (units / scale > value ? units - 1 : units) - scaledOffset;
      indexes[i] =
        distance >= -scaledMax && distance <= scaledMax
          ? Math.floor(distance / scaledInterval) + 0
          : this.farIndexOf(value);
    }
  }

  /** The same where whole numbers of the unit are no doubles: exact where the quotient is near a whole number. */
  private farIndexOf(value: number): number {
    const { interval, offset } = this.request;
    const quotient = (value - offset) / interval;
    const nearest = Math.round(quotient);
    if (!Number.isSafeInteger(nearest)) throw intervalInvalid(this.request, 'a larger interval', value);
    const error = (Math.abs(value / interval) + offset / interval) * quotientError;
    if (Math.abs(quotient - nearest) > error) return Math.floor(quotient) + 0;
    // Doubles are in the order of their decimals, which may be hundreds of digits apart here.
    if (nearest === 0) return value < offset ? -1 : 0;
    return Number(wholeQuotient(subtracted(decimalOf(value), this.offset), this.interval));
  }
}

/**
 * Where buckets begin, for indexes that are asked for in ascending order.
 * @throws SheafError REQUEST_VALUE_INVALID when a border is beyond the largest number or rounds to the one before
 */
export function ascendingBorders(request: Borders): (index: number) => number {
  const interval = decimalOf(request.interval);
  const offset = decimalOf(request.offset);
  const unit = scaled(interval, offset);
  const farBorder = (index: number): number => doubleOf(added(multiplied(interval, BigInt(index)), offset));
  let before = -Infinity;
  return (index) => {
    const units = index * unit.interval + unit.offset;
    // The quotient of two doubles is the double nearest to it.
    const border = Number.isSafeInteger(units) ? units / unit.scale : farBorder(index);
    if (!Number.isFinite(border)) throw intervalInvalid(request, 'a smaller interval', index);
    if (!(border > before)) throw intervalInvalid(request, 'a larger interval', border);
    before = border;
    return border + 0;
  };
}

/** In the smallest power of ten that both are whole numbers of; NaN where no double is that, or holds one of them. */
function scaled(interval: Decimal, offset: Decimal): { scale: number; interval: number; offset: number } {
  const decimals = Math.max(0, -interval.exponent, -offset.exponent);
  const units = (decimal: Decimal): number => doubleOf({ ...decimal, exponent: decimal.exponent + decimals });
  const inUnits = { scale: 10 ** decimals, interval: units(interval), offset: units(offset) };
  const isExact = decimals <= decimalsMax && [inUnits.interval, inUnits.offset].every(Number.isSafeInteger);
  return isExact ? inUnits : { scale: NaN, interval: NaN, offset: NaN };
}

function intervalInvalid({ field, interval }: Borders, expected: string, near: number): SheafError {
  return new SheafError('REQUEST_VALUE_INVALID', { detail: { expected, field, interval, near } });
}
