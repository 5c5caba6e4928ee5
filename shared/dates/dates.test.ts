import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../random/random.ts';
import { dayMs, dayOfMonth, monthOfDay, weekdayOf } from './civil.ts';
import { FormatFault, parseFormat, type DateFormat } from './date-format.ts';
import { takeSteps } from './date-math.ts';
import { readDate } from './read-date.ts';
import { showDate } from './show-date.ts';
import { utc, zoneNamed } from './zone.ts';

function formatOf(text: string): DateFormat {
  const format = parseFormat(text);
  assert.ok(!(format instanceof FormatFault), text);
  return format;
}

const at = Date.UTC(2024, 4, 31, 21, 5, 9, 70);

// Each row: a format, a zone, how 2024-05-31T21:05:09.070Z is shown, and whether the instant can be read from it.
const shownRows: [format: string, zone: string, shown: string, isWhole?: boolean][] = [
  ['strict_date_optional_time', 'UTC', '2024-05-31T21:05:09.070Z', true],
  ['date_time', 'Europe/Paris', '2024-05-31T23:05:09.070+02:00', true],
  ['date_time_no_millis', 'Asia/Kolkata', '2024-06-01T02:35:09+05:30'],
  ['yyyy-MM-dd', 'Asia/Kolkata', '2024-06-01'],
  ['strict_year_month', 'UTC', '2024-05'],
  ['epoch_millis', 'Europe/Paris', '1717189509070', true],
  ['epoch_second', 'UTC', '1717189509.07', true],
  ['basic_date_time', 'Europe/Paris', '20240531T230509.070+02', true],
  ["d.M.yy 'um' H:mm:ss.SSS xx", 'UTC', '31.5.24 um 21:05:09.070 +0000', true],
  ["''yyyy 'o''clock'", 'UTC', "'2024 o'clock"],
  ['EEE, dd MMM yyyy hh:mm:ss.SSS a Z', 'America/New_York', 'Fri, 31 May 2024 05:05:09.070 PM -0400', true],
  ['EEEE MMMM', 'UTC', 'Friday May'],
  ['uuuu-DDD SSSSSS', 'UTC', '2024-152 070000'],
  ["YYYY-'W'ww-e", 'UTC', '2024-W22-5'],
  ["yyyy'Q'Q", 'UTC', '2024Q2'],
  ['yyyy||epoch_millis', 'UTC', '2024'],
];
for (const [format, name, shown, isWhole = false] of shownRows) {
  test(`showDate: ${format} in ${name} is ${shown}`, () => {
    const parsed = formatOf(format);
    const zone = zoneNamed(name)!;
    assert.equal(showDate(at, parsed, zone), shown);
    if (isWhole) assert.equal(readDate(shown, parsed, zone), at);
  });
}

// Each row: a zone, an instant, how it is shown where no format is named.
const usualRows: [zone: string, instant: number, shown: string | undefined][] = [
  ['UTC', 0, '1970-01-01T00:00:00.000Z'],
  ['UTC', -1, '1969-12-31T23:59:59.999Z'],
  ['UTC', 8.64e15, '+275760-09-13T00:00:00.000Z'],
  ['UTC', -8.64e15, '-271821-04-20T00:00:00.000Z'],
  ['UTC', 8.64e15 + 1, undefined],
  ['UTC', Date.UTC(-1, 0, 1), '-000001-01-01T00:00:00.000Z'],
  ['Europe/London', 0, '1970-01-01T01:00:00.000+01:00'],
  ['Europe/London', Date.UTC(2024, 0, 1), '2024-01-01T00:00:00.000Z'],
  ['Europe/Paris', Date.UTC(1900, 0, 1), '1900-01-01T00:09:21.000+00:09:21'],
];
for (const [name, instant, shown] of usualRows) {
  test(`showDate: ${instant} in ${name} is ${shown}`, () =>
    assert.equal(showDate(instant, null, zoneNamed(name)!), shown));
}

test('showDate: as ECMAScript writes it, in UTC', () => {
  const random = createRandom(3);
  for (let i = 0; i < 2000; i++) {
    const instant = Math.round((random.next() - 0.5) * 2 * 8.64e15);
    assert.equal(showDate(instant, null, utc), new Date(instant).toISOString());
    const day = Math.floor(instant / dayMs);
    assert.equal(weekdayOf(day), new Date(instant).getUTCDay() || 7);
    assert.equal(monthOfDay(dayOfMonth(monthOfDay(day))), monthOfDay(day));
  }
});

// Each row: a format, a text in Paris, the instant as ISO; none where the text is no date by the format.
const readRows: [format: string, text: string, instant?: string][] = [
  ['iso8601', '2024', '2023-12-31T23:00:00.000Z'],
  ['iso8601', '2024-05', '2024-04-30T22:00:00.000Z'],
  ['iso8601', '2024-05-31', '2024-05-30T22:00:00.000Z'],
  ['iso8601', '2024-05-31T12', '2024-05-31T10:00:00.000Z'],
  ['iso8601', '2024-05-31T12:30Z', '2024-05-31T12:30:00.000Z'],
  ['iso8601', '2024-05-31T12:30:15,5+05:30', '2024-05-31T07:00:15.500Z'],
  // Left out, and twice.
  ['iso8601', '2024-03-31T02:30', '2024-03-31T01:00:00.000Z'],
  ['iso8601', '2024-10-27T02:30', '2024-10-27T00:30:00.000Z'],
  ['iso8601', '2024-02-30'],
  ['iso8601', '2024-13-01'],
  ['iso8601', '2024-05-31T24:00'],
  ['iso8601', '2024-05-31T12:60'],
  ['iso8601', '2024-05-31T12:00+24:00'],
  ['iso8601', '31.05.2024'],
  ['dd.MM.yyyy', '31.05.2024', '2024-05-30T22:00:00.000Z'],
  ['dd.MM.yyyy', '31.05.2024 '],
  ['dd.MM.yyyy', '3.5.2024'],
  ['dd.MM.yyyy||yyyy', '2024', '2023-12-31T23:00:00.000Z'],
  ['yyyyMMdd', '20240531', '2024-05-30T22:00:00.000Z'],
  ['yyyyMMdd', '20240532'],
  ['d MMM yyyy', '9 Dec 2024', '2024-12-08T23:00:00.000Z'],
  ['d MMM yyyy', '9 Smarch 2024'],
  ['uuuu-DDD', '2023-366'],
  ['uuuu-DDD', '2024-366', '2024-12-30T23:00:00.000Z'],
  ['hh:mm a', '12:30 AM', '1969-12-31T23:30:00.000Z'],
  ['hh:mm a', '13:30 AM'],
  ['epoch_second', '-1.5', '1969-12-31T23:59:58.500Z'],
  ['epoch_millis', '1e3'],
  ['epoch_millis', '9999999999999999'],
];
for (const [format, text, instant] of readRows) {
  test(`readDate: ${text} by ${format} is ${instant ?? 'none'}`, () => {
    const found = readDate(text, formatOf(format), zoneNamed('Europe/Paris')!);
    assert.equal(found === undefined ? undefined : new Date(found).toISOString(), instant);
  });
}

// Each row: steps from 2024-03-30T01:30:00Z, which is 02:30 in Paris, the day before clocks are set from 02:00 to 03:00.
const mathRows: [steps: string, instant?: string][] = [
  ['', '2024-03-30T01:30:00.000Z'],
  ['/d', '2024-03-29T23:00:00.000Z'],
  ['/w', '2024-03-24T23:00:00.000Z'],
  ['/M', '2024-02-29T23:00:00.000Z'],
  ['/y', '2023-12-31T23:00:00.000Z'],
  ['/1h', '2024-03-30T01:00:00.000Z'],
  ['+2d', '2024-04-01T00:30:00.000Z'],
  // 02:30 is left out, so it is 03:30.
  ['+1d', '2024-03-31T01:30:00.000Z'],
  ['+24h', '2024-03-31T01:30:00.000Z'],
  ['-1M', '2024-02-29T01:30:00.000Z'],
  ['+11M', '2025-02-28T01:30:00.000Z'],
  ['-y+d/d', '2023-03-30T22:00:00.000Z'],
  ['+1w-90m+30s', '2024-04-05T23:00:30.000Z'],
  ['+1q'],
  ['+'],
  ['1d'],
  ['/2d'],
  ['/d '],
  ['+999999999y'],
  ['+999999999y-999999999y'],
];
for (const [steps, instant] of mathRows) {
  test(`takeSteps: ${JSON.stringify(steps)} is ${instant ?? 'none'}`, () => {
    const found = takeSteps(steps, Date.UTC(2024, 2, 30, 1, 30), zoneNamed('Europe/Paris')!);
    assert.equal(found === undefined ? undefined : new Date(found).toISOString(), instant);
  });
}

// Each row: a name, what zoneNamed calls it; none where it is no zone.
const zoneRows: [name: string, shown?: string][] = [
  ['UTC', 'UTC'],
  ['Z', 'UTC'],
  ['utc', 'UTC'],
  ['europe/PARIS', 'Europe/Paris'],
  ['Asia/Calcutta', 'Asia/Calcutta'],
  ['Etc/GMT+5', 'Etc/GMT+5'],
  ['+05:30', '+05:30'],
  ['-00:00', '-00:00'],
  ['+18:00', '+18:00'],
  ['+18:01'],
  ['+05:60'],
  ['+0530'],
  ['+5'],
  ['z'],
  ['Paris'],
  ['Mars/Base'],
  [''],
  ['T10Z'],
  ['2024-01-01T00:00Z'],
  ['Europe/Paris\n'],
  ['x'.repeat(10_000)],
];
for (const [name, shown] of zoneRows) {
  test(`zoneNamed: ${JSON.stringify(name.slice(0, 40))} is ${shown ?? 'none'}`, () =>
    assert.equal(zoneNamed(name)?.name, shown));
}
