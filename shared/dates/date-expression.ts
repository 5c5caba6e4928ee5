/** Dates as callers write them in requests: by a format, or as date math (date-math.ts). */
import { parseFormat, type DateFormat } from './date-format.ts';
import { takeSteps } from './date-math.ts';
import { readDate } from './read-date.ts';
import type { Rounding } from './rounding.ts';
import type { Zone } from './zone.ts';

/** What a text that is a date depends on. */
export interface DateContext {
  readonly format: DateFormat;
  /** Of texts that name no offset, and of steps such as `/d`. */
  readonly zone: Zone;
  /** What `now` stands for, in milliseconds since 1970 UTC; undefined: nothing may say it. */
  readonly now: number | undefined;
}

/** Where the caller names no format: ISO 8601, or milliseconds since 1970. A number of four digits is a year. */
export const usualFormat = parseFormat('strict_date_optional_time||epoch_millis') as DateFormat;

/** The instant that a text means; undefined where it is none. The date before `||` is its beginning, whatever the rounding. */
export function instantOfText(text: string, context: DateContext, rounding: Rounding = 'down'): number | undefined {
  const { format, zone, now } = context;
  if (text.startsWith('now')) {
    return now === undefined ? undefined : takeSteps(text.slice('now'.length), now, zone, rounding);
  }
  const end = text.indexOf('||');
  if (end < 0) return readDate(text, format, zone, rounding);
  const date = readDate(text.slice(0, end), format, zone);
  return date === undefined ? undefined : takeSteps(text.slice(end + 2), date, zone, rounding);
}
