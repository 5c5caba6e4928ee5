/** Rows to aggregate: the flights out of New York in 2013, repeated with varied values, or invented ones of the same shape. */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Random } from '../../shared/random/random.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';

/** Undefined where a flight has no such value, as one that was cancelled has no delay. */
export interface Flight {
  /** One of 16. */
  readonly carrier: string;
  /** One of some 4,000. */
  readonly tailnum: string | undefined;
  /** One of 100,000, which is in no original row. */
  readonly booking: string;
  /** Milliseconds since 1970. */
  readonly departed_at: number;
  /** A number below 10,000. */
  readonly flight: number;
  readonly distance: number;
  readonly dep_delay: number | undefined;
}

/** How Sheaf indexes them. Peers have a column for each (peers/peer.ts). */
export const flightSchema: IndexSchema = {
  dynamic: 'strict',
  fields: {
    carrier: { kind: 'keyword' },
    tailnum: { kind: 'keyword' },
    booking: { kind: 'keyword' },
    departed_at: { kind: 'date' },
    flight: { kind: 'integer' },
    distance: { kind: 'integer' },
    dep_delay: { kind: 'integer' },
  },
};

const bookings = 100_000;
const dayMs = 86_400_000;
const year2013 = Date.UTC(2013, 0, 1);

/** Of one that was cancelled only the day is known. */
type OriginalFlight = Omit<Flight, 'booking' | 'departed_at'> & {
  readonly date: string;
  readonly departed_at: string | undefined;
};

/**
 * @param path gzipped lines of JSON, as the data of nycflights13
 * @returns null where there is no such file
 */
export function readFlights(path: string): OriginalFlight[] | null {
  if (!existsSync(path)) return null;
  const lines = gunzipSync(readFileSync(path)).toString().split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as OriginalFlight);
}

/**
 * So many rows: those given, again and again, each time a year later. Repeated ones are some minutes earlier or later, which changes
 * their delay, and one in four was flown by another aircraft of the list.
 */
export function repeatFlights(originals: readonly OriginalFlight[], rows: number, random: Random): Flight[] {
  return Array.from({ length: rows }, (_, at): Flight => {
    const { carrier, tailnum, date, departed_at, flight, distance, dep_delay } = originals[at % originals.length]!;
    const round = Math.floor(at / originals.length);
    const shift = round === 0 ? 0 : random.integer(-30, 30);
    const isOther = round > 0 && random.chance(0.25);
    return {
      carrier,
      tailnum: isOther ? random.pick(originals).tailnum : tailnum,
      booking: drawBooking(random),
      departed_at: Date.parse(departed_at ?? date) + round * 365 * dayMs + shift * 60_000,
      flight,
      distance,
      dep_delay: dep_delay === undefined ? undefined : dep_delay + shift,
    };
  });
}

/** Rows with as many carriers, aircraft and days, each about as frequent. */
export function inventFlights(rows: number, random: Random): Flight[] {
  const carriers = Array.from({ length: 16 }, (_, i) => `C${i.toString(16)}`);
  const tails = Array.from({ length: 4044 }, (_, i) => `N${10_000 + i * 7}`);
  return Array.from({ length: rows }, (_, at): Flight => {
    const isCancelled = random.chance(0.025);
    return {
      carrier: carriers[Math.floor(16 * random.next() ** 2)]!,
      tailnum: isCancelled ? undefined : tails[Math.floor(tails.length * random.next() ** 2)]!,
      booking: drawBooking(random),
      departed_at: year2013 + Math.floor((at / rows) * 3 * 365) * dayMs + random.integer(300, 1439) * 60_000,
      flight: random.integer(1, 8500),
      distance: 80 + 10 * Math.floor(490 * random.next() ** 2),
      dep_delay: isCancelled ? undefined : random.integer(-20, 40) + Math.floor(1200 * random.next() ** 16),
    };
  });
}

function drawBooking(random: Random): string {
  return `b${random.integer(0, bookings - 1)}`;
}
