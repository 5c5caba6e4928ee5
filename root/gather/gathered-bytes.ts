import { SheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';

/** Bytes of what leaves have sent for the aggregations of one answer, whatever it is of, counted as messages come. */
export class GatheredBytes {
  /** So far. */
  bytes: number;

  /** @param bytes of what came before, and is held */
  constructor(bytes = 0) {
    this.bytes = bytes;
  }

  /** @throws SheafError AGGREGATION_TOO_LARGE when they are more than a root holds */
  take(bytes: number): void {
    this.bytes += bytes;
    const limit = limits.gatheredBytesMax;
    if (this.bytes <= limit) return;
    const detail = { limit, actual: this.bytes, of: 'bytes of what leaves sent' };
    throw new SheafError('AGGREGATION_TOO_LARGE', { at: '/aggs', detail });
  }
}
