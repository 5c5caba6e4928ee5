/**
 * The calendar (proleptic Gregorian) in whole numbers: days since 1970-01-01, and months since January of the year 0.
 *
 * Source: Hinnant, "chrono-compatible low-level date algorithms" (2013), in which a year begins with March.
 */
export const dayMs = 86_400_000;

/** Days from 0000-03-01 to 1970-01-01. */
const epochDay = 719_468;
const daysPerCycle = 146_097;

/** The day on which a month begins. */
export function dayOfMonth(month: number): number {
  const year = Math.floor((month - 2) / 12);
  const monthOfYear = month - 2 - 12 * year;
  const cycle = Math.floor(year / 400);
  const yearOfCycle = year - 400 * cycle;
  const dayOfYear = Math.floor((153 * monthOfYear + 2) / 5);
  const leapDays = Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100);
  return cycle * daysPerCycle + 365 * yearOfCycle + leapDays + dayOfYear - epochDay;
}

/** The month that a day is in. */
export function monthOfDay(day: number): number {
  const shifted = day + epochDay;
  const cycle = Math.floor(shifted / daysPerCycle);
  // Whole numbers of 32 bits from here on.
  const dayOfCycle = (shifted - cycle * daysPerCycle) | 0;
  const leapDays = ((dayOfCycle / 1460) | 0) - ((dayOfCycle / 36_524) | 0) + ((dayOfCycle / 146_096) | 0);
  const yearOfCycle = ((dayOfCycle - leapDays) / 365) | 0;
  const dayOfYear = dayOfCycle - (365 * yearOfCycle + ((yearOfCycle / 4) | 0) - ((yearOfCycle / 100) | 0));
  const monthOfYear = ((5 * dayOfYear + 2) / 153) | 0;
  return 12 * (400 * cycle + yearOfCycle) + monthOfYear + 2;
}

/** 1 is Monday, 7 Sunday. */
export function weekdayOf(day: number): number {
  const sinceMonday = day + 3;
  return sinceMonday - 7 * Math.floor(sinceMonday / 7) + 1;
}
