/**
 * Time zones as periods, in each of which the offset from UTC is one number. Periods are asked of Temporal, once each: what runs for
 * every document compares numbers.
 *
 * Clocks before a zone's first standard time had the mean time of a place, with seconds: 1911-03-10 in Paris is 9 min 21 s
 * ahead of UTC. Those are kept as they are.
 */
import { dayMs } from './civil.ts';

/** From one change of the offset to the next. */
export interface Period {
  /** Its first instant, in milliseconds since 1970 UTC; −∞ before the first change. */
  readonly from: number;
  /** The first instant after it; ∞ after the last change. */
  readonly until: number;
  /** What clocks show less UTC, in milliseconds. */
  readonly offset: number;
}

/** Instants beyond these are none of Temporal's. */
const instantMax = 8_640_000_000_000_000;

/**
 * Zones change their clocks by rules for ever, and the calendar repeats every 400 years, which are whole weeks. So what lies after
 * this is found 400 years, or a multiple of them, earlier.
 */
const repeatedFrom = Date.UTC(2500, 0, 1);
const cycleMs = 146_097 * dayMs;

/** Zones kept with their periods, some 50 kB each at most. */
const zonesMax = 64;

/** A power of two, so that some twenty years have their places. */
const recentCount = 256;
const recentMs = 2 ** 31;

export class Zone {
  /** As callers are shown it. */
  readonly name: string;
  /** By their start, ascending. */
  private readonly periods: Period[] = [];
  private readonly zoned: Temporal.ZonedDateTime | null;
  /** Those asked for of late, by the last bits of which month or so it was. */
  private readonly recent: Period[];

  /** @param zoned any instant in the zone; null where the offset never changes */
  constructor(name: string, zoned: Temporal.ZonedDateTime | null, offset: number) {
    this.name = name;
    this.zoned = zoned;
    const first = zoned === null ? { from: -Infinity, until: Infinity, offset } : { from: 0, until: 0, offset };
    this.recent = Array.from({ length: recentCount }, () => first);
  }

  /** Cost: a look at one period where an instant about the same time was asked for before. */
  periodAt(instant: number): Period {
    const place = Math.floor(instant / recentMs) & (recentCount - 1);
    const recent = this.recent[place]!;
    if (instant >= recent.from && instant < recent.until) return recent;
    return (this.recent[place] = this.find(instant));
  }

  /** The first instant at which clocks show a local time, or at which they are set past it. */
  firstInstantOf(local: number): number {
    // No offset is as much as a day.
    for (let period = this.periodAt(local - dayMs); ; period = this.periodAt(period.until)) {
      const instant = local - period.offset;
      if (instant < period.until) return Math.max(instant, period.from);
    }
  }

  private find(instant: number): Period {
    if (instant >= repeatedFrom) {
      const shift = Math.ceil((instant - repeatedFrom + 1) / cycleMs) * cycleMs;
      const { from, until, offset } = this.find(instant - shift);
      return { from: from + shift, until: until + shift, offset };
    }
    const { periods } = this;
    let low = 0;
    let high = periods.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (periods[middle]!.from <= instant) low = middle + 1;
      else high = middle;
    }
    const before = periods[low - 1];
    if (before !== undefined && instant < before.until) return before;
    const found = this.ask(Math.max(instant, -instantMax));
    periods.splice(low, 0, found);
    return found;
  }

  private ask(instant: number): Period {
    const at = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(this.zoned!.timeZoneId);
    // A change at the instant itself begins its period, and is no earlier one.
    const from = at.add({ nanoseconds: 1 }).getTimeZoneTransition('previous');
    const until = at.getTimeZoneTransition('next');
    return {
      from: from === null ? -Infinity : from.epochMilliseconds,
      until: until === null ? Infinity : until.epochMilliseconds,
      offset: at.offsetNanoseconds / 1e6,
    };
  }
}

export const utc = new Zone('UTC', null, 0);

const known = new Map<string, Zone>();

/** A name of the IANA database in any case, `Z`, or an offset such as `+05:30`, of at most 18 hours; undefined for others. */
export function zoneNamed(name: string): Zone | undefined {
  const found = known.get(name);
  if (found !== undefined) return found;
  const made = makeZone(name);
  if (made === undefined) return undefined;
  const [oldest] = known.keys();
  if (oldest !== undefined && known.size >= zonesMax) known.delete(oldest);
  known.set(name, made);
  return made;
}

const written = /^([+-])(\d\d):(\d\d)$/;
const hoursMax = 18;
const named = /^[A-Za-z][\w+\-/]*$/;

function makeZone(name: string): Zone | undefined {
  if (name === 'Z') return utc;
  const match = written.exec(name);
  if (match !== null) {
    const minutes = 60 * Number(match[2]) + Number(match[3]);
    if (Number(match[3]) > 59 || minutes > 60 * hoursMax) return undefined;
    return new Zone(name, null, (match[1] === '-' ? -minutes : minutes) * 60_000 + 0);
  }
  if (!named.test(name)) return undefined;
  try {
    const zoned = Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    // Temporal takes the zone out of whole dates too.
    if (zoned.timeZoneId.toLowerCase() !== name.toLowerCase()) return undefined;
    return zoned.timeZoneId === 'UTC' ? utc : new Zone(zoned.timeZoneId, zoned, 0);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
