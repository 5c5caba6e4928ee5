/** Appends as many records in one request as their topic takes. Pure over the append that it is given. */
import { asSheafError } from '../../../shared/errors.ts';
import { sizeOf, type Sized } from '../size-of.ts';

export interface AppendedFirst {
  /** How many of the first records were appended; at least one. */
  readonly count: number;
  /** What is worth trying next: half of what was refused last, else as it was. */
  readonly bytesMax: number;
}

/**
 * Appends some of the first records, in their order: as many as `bytesMax` allows, and half of them each time that they are too large together. A record that
 * is larger goes by itself.
 *
 * @param records at least one
 * @throws SheafError BODY_TOO_LARGE where the first is so by itself; what `append` throws else
 */
export async function appendFirst<Item extends Sized>(
  records: readonly Item[],
  bytesMax: number,
  append: (records: readonly Item[]) => Promise<unknown>,
): Promise<AppendedFirst> {
  let most = bytesMax;
  for (let some = firstWithin(records, bytesMax); ; some = some.slice(0, Math.floor(some.length / 2))) {
    try {
      await append(some);
      return { count: some.length, bytesMax: most };
    } catch (error) {
      if (some.length === 1 || asSheafError(error).code !== 'BODY_TOO_LARGE') throw error;
      most = sum(some) / 2;
    }
  }
}

function firstWithin<Item extends Sized>(records: readonly Item[], bytesMax: number): readonly Item[] {
  let sizeBytes = 0;
  const beyond = records.findIndex((record) => (sizeBytes += sizeOf(record)) > bytesMax);
  return beyond < 0 ? records : records.slice(0, Math.max(1, beyond));
}

function sum(records: readonly Sized[]): number {
  return records.reduce((all, record) => all + sizeOf(record), 0);
}
