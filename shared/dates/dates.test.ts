import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../random/random.ts';
import { dayMs, dayOfMonth, monthOfDay, weekdayOf } from './civil.ts';
import { FormatFault, formatNames, parseFormat, type DateFormat } from './date-format.ts';
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
  ['uuuu-DDD HH:mm:ss.SSS VV', 'America/New_York', '2024-152 17:05:09.070 America/New_York', true],
  ['y G, MM-dd kk:mm:ss.SSS O', 'America/New_York', '2024 AD, 05-31 17:05:09.070 GMT-4', true],
  ['yyyy-MM-dd[ HH:mm:ss.SSS]ZZZZZ', 'Asia/Kolkata', '2024-06-01 02:35:09.070+05:30', true],
  ['yyyy-MM-dd A ZZZZ', 'UTC', '2024-05-31 75909070 GMT', true],
  ['yyyy-MM-dd KK a N', 'UTC', '2024-05-31 09 PM 75909070000000'],
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
  ['iso8601', '2024-05-31T24:00', '2024-05-31T22:00:00.000Z'],
  ['iso8601', '2024-05-31T24:01'],
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
  // Of weeks and of years, with hyphens and without.
  ['iso8601', '2024-W22', '2024-05-26T22:00:00.000Z'],
  ['iso8601', '2024-W22-5', '2024-05-30T22:00:00.000Z'],
  ['iso8601', '2024W225T120000Z', '2024-05-31T12:00:00.000Z'],
  ['iso8601', '2020-W53-7', '2021-01-02T23:00:00.000Z'],
  ['iso8601', '2024-W53-1'],
  ['iso8601', '2024-W00-1'],
  ['iso8601', '2024-W22-8'],
  ['iso8601', '2024-W22T12'],
  ['iso8601', '2024-152', '2024-05-30T22:00:00.000Z'],
  ['iso8601', '2024152T12Z', '2024-05-31T12:00:00.000Z'],
  ['iso8601', '2023-366'],
  ['iso8601', '20240531', '2024-05-30T22:00:00.000Z'],
  ['iso8601', '20240531T123015.25Z', '2024-05-31T12:30:15.250Z'],
  ['iso8601', '20240531T1230+0200', '2024-05-31T10:30:00.000Z'],
  ['iso8601', '202405'],
  ['iso8601', '2024-05T12'],
  ['iso8601', '2024-05-31t12:00:00z', '2024-05-31T12:00:00.000Z'],
  ['iso8601', '2024-05-31 12:00:00+02', '2024-05-31T10:00:00.000Z'],
  ['iso8601', '2024-05-31T12:00:00-00:00', '2024-05-31T12:00:00.000Z'],
  ['iso8601', '2024-05-31T12:00:00.123456789012Z', '2024-05-31T12:00:00.123Z'],
  ['iso8601', '2024-05-31T12.5Z', '2024-05-31T12:30:00.000Z'],
  ['iso8601', '2024-05-31T12:30,25Z', '2024-05-31T12:30:15.000Z'],
  ['iso8601', '2024-05-31T', '2024-05-30T22:00:00.000Z'],
  ['iso8601', '2024-05-31 '],
  ['iso8601', '2024-05-31T12:3045Z'],
  ['iso8601', '+275760-09-13T00:00:00.000Z', '+275760-09-13T00:00:00.000Z'],
  ['iso8601', '-000001-01-01T00:00:00Z', '-000001-01-01T00:00:00.000Z'],
  ['iso8601', '-000000-01-01T00:00:00Z'],
  ['iso8601', '1900-01-01T00:09:21+00:09:21', '1900-01-01T00:00:00.000Z'],
  // A leap second, as RFC 3339 has it.
  ['iso8601', '1990-12-31T23:59:60Z', '1991-01-01T00:00:00.000Z'],
  ['iso8601', '1990-12-31T15:59:60-08:00', '1991-01-01T00:00:00.000Z'],
  ['iso8601', '1990-12-30T23:59:60Z'],
  ['iso8601', '1990-12-31T12:00:60Z'],
  ['iso8601', `2024-05-31T12:00:00.${'1'.repeat(100)}Z`],
  ['iso8601', '2024-5-1'],
  ['strict_date_optional_time', '2024-5-1'],
  ['date_optional_time', '2024-5-1T7:05', '2024-05-01T05:05:00.000Z'],
  ['rfc3339_lenient', '2024-05-31 12:00:00Z', '2024-05-31T12:00:00.000Z'],
  ['date', '2024-5-1', '2024-04-30T22:00:00.000Z'],
  ['strict_date', '2024-5-1'],
  ['basic_date', '2024051'],
  ['strict_date_time', '2024-05-31T12:00:00.1Z', '2024-05-31T12:00:00.100Z'],
  ['date_hour_minute_second_fraction', '2024-05-31T12:00:00.123456', '2024-05-31T10:00:00.123Z'],
  ['basic_ordinal_date_time_no_millis', '2024152T120000Z', '2024-05-31T12:00:00.000Z'],
  ['basic_week_date', '2024W225', '2024-05-30T22:00:00.000Z'],
  ['strict_weekyear_week', '2024-W22', '2024-05-26T22:00:00.000Z'],
  ['strict_ordinal_date', '2024-152', '2024-05-30T22:00:00.000Z'],
  ['t_time_no_millis', 'T12:00:00Z', '1970-01-01T12:00:00.000Z'],
  ['yyyy-MM-dd[ HH:mm[:ss]]', '2024-05-31', '2024-05-30T22:00:00.000Z'],
  ['yyyy-MM-dd[ HH:mm[:ss]]', '2024-05-31 12:30', '2024-05-31T10:30:00.000Z'],
  ['yyyy-MM-dd[ HH:mm[:ss]]', '2024-05-31 12:30:15', '2024-05-31T10:30:15.000Z'],
  ['yyyy-MM-dd[ HH:mm[:ss]]', '2024-05-31 12:30:'],
  ["yyyy 'Q'Q", '2024 Q2', '2024-03-31T22:00:00.000Z'],
  ["yyyy 'Q'Q", '2024 Q5'],
  ['EEE, dd MMM yyyy HH:mm:ss z', 'Fri, 31 May 2024 12:00:00 GMT', '2024-05-31T12:00:00.000Z'],
  ['EEE, dd MMM yyyy HH:mm:ss z', 'Fry, 31 May 2024 12:00:00 GMT'],
  ['yyyy-MM-dd HH:mm VV', '2024-05-31 12:00 Asia/Kolkata', '2024-05-31T06:30:00.000Z'],
  ['yyyy-MM-dd HH:mm VV', '2024-05-31 12:00 Mars/Base'],
  ['yyyy-MM-dd HH:mm OOOO', '2024-05-31 12:00 GMT+05:30', '2024-05-31T06:30:00.000Z'],
  ['yyyy-MM-dd HH:mm O', '2024-05-31 12:00 GMT-8', '2024-05-31T20:00:00.000Z'],
  ['d.M.y G', '15.3.44 BC', '-000043-03-14T23:50:39.000Z'],
  ['KK:mm a', '00:30 PM', '1970-01-01T11:30:00.000Z'],
  ['kk:mm', '24:30', '1969-12-31T23:30:00.000Z'],
  ['yyyy-MM-dd n', '2024-05-31 5000000', '2024-05-30T22:00:00.005Z'],
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
const mathRows: [steps: string, instant?: string, last?: string][] = [
  ['', '2024-03-30T01:30:00.000Z'],
  ['/d', '2024-03-29T23:00:00.000Z', '2024-03-30T22:59:59.999Z'],
  ['/w', '2024-03-24T23:00:00.000Z'],
  ['/M', '2024-02-29T23:00:00.000Z', '2024-03-31T21:59:59.999Z'],
  ['/y', '2023-12-31T23:00:00.000Z'],
  ['/1h', '2024-03-30T01:00:00.000Z'],
  ['+2d', '2024-04-01T00:30:00.000Z', '2024-04-01T00:30:00.000Z'],
  // 23 hours.
  ['+1d/d', '2024-03-30T23:00:00.000Z', '2024-03-31T21:59:59.999Z'],
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
for (const [steps, instant, last] of mathRows) {
  test(`takeSteps: ${JSON.stringify(steps)} is ${instant ?? 'none'}`, () => {
    const found = takeSteps(steps, Date.UTC(2024, 2, 30, 1, 30), zoneNamed('Europe/Paris')!);
    assert.equal(found === undefined ? undefined : new Date(found).toISOString(), instant);
    if (last === undefined) return;
    const up = takeSteps(steps, Date.UTC(2024, 2, 30, 1, 30), zoneNamed('Europe/Paris')!, 'up')!;
    assert.equal(new Date(up).toISOString(), last);
  });
}

// Each row: a text in Paris, the first and the last instant that it stands for.
const roundedRows: [format: string, text: string, first: string, last: string][] = [
  ['iso8601', '2024-05-31', '2024-05-30T22:00:00.000Z', '2024-05-31T21:59:59.999Z'],
  ['iso8601', '2024-05-31T12', '2024-05-31T10:00:00.000Z', '2024-05-31T10:59:59.999Z'],
  ['iso8601', '2024-05-31T12:30Z', '2024-05-31T12:30:00.000Z', '2024-05-31T12:30:59.999Z'],
  ['iso8601', '2024-05-31T12:30:15Z', '2024-05-31T12:30:15.000Z', '2024-05-31T12:30:15.999Z'],
  ['iso8601', '2024-05-31T12:30:15.5Z', '2024-05-31T12:30:15.500Z', '2024-05-31T12:30:15.500Z'],
  // As in Elasticsearch, of a month or a year that is its first day.
  ['iso8601', '2024-05', '2024-04-30T22:00:00.000Z', '2024-05-01T21:59:59.999Z'],
  ['iso8601', '2024', '2023-12-31T23:00:00.000Z', '2024-01-01T22:59:59.999Z'],
  // A day of 23 hours and one of 25; an hour that is left out, and one that comes twice.
  ['iso8601', '2024-03-31', '2024-03-30T23:00:00.000Z', '2024-03-31T21:59:59.999Z'],
  ['iso8601', '2024-10-27', '2024-10-26T22:00:00.000Z', '2024-10-27T22:59:59.999Z'],
  ['iso8601', '2024-03-31T02', '2024-03-31T01:00:00.000Z', '2024-03-31T00:59:59.999Z'],
  ['iso8601', '2024-10-27T02', '2024-10-27T00:00:00.000Z', '2024-10-27T01:59:59.999Z'],
  ['dd.MM.yyyy', '31.05.2024', '2024-05-30T22:00:00.000Z', '2024-05-31T21:59:59.999Z'],
  ['epoch_second', '5', '1970-01-01T00:00:05.000Z', '1970-01-01T00:00:05.999Z'],
  ['epoch_second', '5.0', '1970-01-01T00:00:05.000Z', '1970-01-01T00:00:05.000Z'],
  ['epoch_millis', '5', '1970-01-01T00:00:00.005Z', '1970-01-01T00:00:00.005Z'],
];
for (const [format, text, first, last] of roundedRows) {
  test(`readDate: ${text} by ${format} is from ${first} to ${last}`, () => {
    const read = (rounding: 'down' | 'up') => readDate(text, formatOf(format), zoneNamed('Europe/Paris')!, rounding)!;
    assert.deepEqual(
      [read('down'), read('up')].map((instant) => new Date(instant).toISOString()),
      [first, last],
    );
  });
}

test('parseFormat: each named format reads what it shows, to the last part that it has', () => {
  const zone = zoneNamed('Asia/Kolkata')!;
  for (const name of formatNames) {
    for (const prefix of ['', 'strict_']) {
      const format = parseFormat(prefix + name);
      if (format instanceof FormatFault) {
        assert.match(prefix + name, /^strict_(?:basic_(?!week)|epoch_|iso8601|rfc3339)/);
        continue;
      }
      const shown = showDate(at, format, zone)!;
      const [first, last] = (['down', 'up'] as const).map((rounding) => readDate(shown, format, zone, rounding)!);
      assert.ok(first !== undefined, `${name}: ${shown}`);
      assert.equal(showDate(first, format, zone), shown, name);
      assert.equal(
        showDate(last!, format, zone),
        name.startsWith('epoch') ? showDate(first, format, zone) : shown,
        name,
      );
    }
  }
});

// Each row: what is no format, and what is expected.
const faultRows: [format: string, expected: RegExp][] = [
  ['yyyy-MM-dd[', /a \] after each \[/],
  ['yyyy]', /a \[ before each \]/],
  ['[['.repeat(5) + 'yyyy' + ']]'.repeat(5), /at most 8 brackets/],
  ['yyyy-WW', /in place of W/],
  ['V', /V 2 times in place of V/],
  ["yyyy'", /a second '/],
  ['strict_epoch_second', /one of basic_date/],
  ['y'.repeat(201), /at most 200 characters/],
];
for (const [format, expected] of faultRows) {
  test(`parseFormat: refuses ${format.slice(0, 30)}`, () => {
    const fault = parseFormat(format);
    assert.match(fault instanceof FormatFault ? fault.expected : 'a format', expected);
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
