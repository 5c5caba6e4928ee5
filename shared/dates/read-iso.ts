/**
 * Dates of ISO 8601 and RFC 3339: days of months, of weeks and of years, with hyphens and without; a year or a month alone; times down
 * to hours, with a fraction of whatever comes last; offsets down to seconds, which those of old days have; years of more than four
 * digits with a sign, as ECMAScript writes them; a space or a letter of any case between date and time.
 */
import type { DateField, DateFields } from './date-fields.ts';

const dates: readonly RegExp[] = [
  /^(?<u>[+-]\d{6}|\d{4})(?:-(?<M>\d\d)(?:-(?<d>\d\d))?)?$/,
  /^(?<u>[+-]\d{6}|\d{4})(?<M>\d\d)(?<d>\d\d)$/,
  /^(?<u>[+-]\d{6}|\d{4})-?(?<D>\d{3})$/,
  /^(?<Y>[+-]\d{6}|\d{4})-[Ww](?<w>\d\d)(?:-(?<e>\d))?$/,
  /^(?<Y>[+-]\d{6}|\d{4})[Ww](?<w>\d\d)(?<e>\d)?$/,
];

const times: readonly RegExp[] = [
  /^(?<H>\d\d)(?::(?<m>\d\d)(?::(?<s>\d\d))?)?(?:[.,](?<fraction>\d+))?(?<offset>[Zz]|[+-][\d:]+)?$/,
  /^(?<H>\d\d)(?:(?<m>\d\d)(?<s>\d\d)?)?(?:[.,](?<fraction>\d+))?(?<offset>[Zz]|[+-][\d:]+)?$/,
];

const fieldNames: readonly DateField[] = ['u', 'M', 'd', 'D', 'Y', 'w', 'e', 'H', 'm', 's'];

/** Of any year, month, day, hour, minute and second, the offset after them and the fraction before that. */
const lengthMax = 64;

/** The fields of a text; undefined where it is none of these. @param isLenient whether leading zeros may be missing, of all but the year */
export function readIso(text: string, isLenient: boolean): DateFields | undefined {
  if (text.length > lengthMax) return undefined;
  const end = text.search(/[Tt ]/);
  const [date, time] = end < 0 ? [text, null] : [text.slice(0, end), text.slice(end + 1)];
  const ofDate = matchOf(dates, isLenient ? date.replaceAll(/(?<=-)\d(?!\d)/g, '0$&') : date);
  if (ofDate === undefined || ofDate['u'] === '-000000') return undefined;
  const fields: DateFields = { numbers: new Map() };
  take(ofDate, fields);
  if (time === null) return fields;
  const isWhole = fields.numbers.has('d') || fields.numbers.has('D') || fields.numbers.has('e');
  // A date may end with its T.
  if (!isWhole || time === '') return isWhole && text[end] !== ' ' ? fields : undefined;
  const ofTime = matchOf(times, isLenient ? time.replaceAll(/(?<=^|:)\d(?!\d)/g, '0$&') : time);
  if (ofTime === undefined) return undefined;
  take(ofTime, fields);
  const { fraction, offset } = ofTime;
  if (fraction !== undefined) takeFraction(fraction, fields);
  if (offset !== undefined) fields.numbers.set('offset', readOffset(offset));
  return fields;
}

type Groups = Readonly<Record<string, string | undefined>>;

function matchOf(patterns: readonly RegExp[], text: string): Groups | undefined {
  for (const pattern of patterns) {
    const groups = pattern.exec(text)?.groups;
    if (groups !== undefined) return groups;
  }
  return undefined;
}

function take(groups: Groups, { numbers }: DateFields): void {
  for (const name of fieldNames) if (groups[name] !== undefined) numbers.set(name, Number(groups[name]));
}

/** Of seconds, or of the minute or hour where a text ends with that. */
function takeFraction(digits: string, { numbers }: DateFields): void {
  if (numbers.has('s')) {
    numbers.set('S', millisecondsOf(digits));
    return;
  }
  const unitMs = numbers.has('m') ? 60_000 : 3_600_000;
  // Nine digits tell milliseconds of an hour, and are whole numbers that a double holds.
  const ms = Math.floor((Number(digits.slice(0, 9).padEnd(9, '0')) * unitMs) / 1e9);
  if (unitMs > 60_000) numbers.set('m', Math.floor(ms / 60_000));
  numbers.set('s', Math.floor(ms / 1000) % 60);
  numbers.set('S', ms % 1000);
}

/** Digits after the point of seconds; what is finer than milliseconds is cut. */
export function millisecondsOf(digits: string): number {
  return Number(digits.slice(0, 3).padEnd(3, '0'));
}

const offsetPattern = /^([+-])(\d\d)(?::?(\d\d)(?::?(\d\d))?)?$/;

/** An offset in milliseconds, NaN where there is none such. */
export function readOffset(text: string): number {
  if (text === 'Z' || text === 'z') return 0;
  const [, sign, hours, minutes = '0', seconds = '0'] = offsetPattern.exec(text) ?? [];
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return Number.NaN;
  const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  return sign === '-' ? -ms : ms;
}
