/** What an operand on dates stands for, by Temporal: a day is all of its milliseconds, and so is a second. */
import type { Between } from './between.ts';
import { asText, type Json } from './json.ts';

const secondMs = 1000;

/**
 * @param timeZone of days
 * @param isGerman days are written `31.05.2024`
 */
export function datesOf(operand: Json | undefined, timeZone = 'UTC', isGerman = false): Between {
  if (typeof operand === 'number') return { first: operand, last: operand };
  const text = isGerman ? asText(operand).split('.').toReversed().join('-') : asText(operand);
  if (!text.includes('T')) {
    const day = Temporal.PlainDate.from(text);
    const startOf = (each: Temporal.PlainDate): number => each.toZonedDateTime(timeZone).epochMilliseconds;
    return { first: startOf(day), last: startOf(day.add({ days: 1 })) - 1 };
  }
  // Without an offset it is UTC.
  const first = Temporal.Instant.from(/Z$|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`).epochMilliseconds;
  return { first, last: text.includes('.') ? first : first + secondMs - 1 };
}
