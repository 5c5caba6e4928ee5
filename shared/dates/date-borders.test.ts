import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../random/random.ts';
import { DateBorders, fixedMsMax, type CalendarUnit, type DateInterval } from './date-borders.ts';
import { showDate } from './show-date.ts';
import { changesOf, compareBorders, compareDays, comparedUnits, instantsAround } from './zone-changes.fixture.ts';
import { zoneNamed } from './zone.ts';

const fixed = (minutes: number): DateInterval => ({ kind: 'fixed', ms: minutes * 60_000 });
const calendar = (unit: CalendarUnit): DateInterval => ({ kind: 'calendar', unit });

// Each row: a zone, an interval, the bucket of an instant (in UTC) and those after it, as clocks show where they begin.
const rows: [zone: string, interval: DateInterval, instant: string, shown: string[]][] = [
  // 02:00 is followed by 03:00, and in autumn 03:00 by 02:00.
  ['Europe/Paris', calendar('hour'), '2024-03-31T00:59', ['01:00 +01:00', '03:00 +02:00', '04:00 +02:00']],
  ['Europe/Paris', calendar('hour'), '2024-10-27T00:10', ['02:00 +02:00', '02:00 +01:00', '03:00 +01:00']],
  ['Europe/Paris', calendar('day'), '2024-03-31T00:59', ['31 00:00 +01:00', '01 00:00 +02:00']],
  ['Europe/Paris', calendar('day'), '2024-10-27T12:00', ['27 00:00 +02:00', '28 00:00 +01:00']],
  ['Europe/Paris', calendar('week'), '2024-10-27T12:00', ['21 00:00 +02:00', '28 00:00 +01:00', '04 00:00 +01:00']],
  // Half an hour: what is left of an hour belongs to the one before.
  ['Australia/Lord_Howe', calendar('hour'), '2024-10-05T15:40', ['01:00 +10:30', '03:00 +11:00']],
  ['Australia/Lord_Howe', calendar('hour'), '2024-04-06T15:10', ['01:00 +11:00', '02:00 +10:30']],
  // Midnight is left out: the day begins at 01:00.
  ['America/Sao_Paulo', calendar('day'), '2018-11-04T12:00', ['04 01:00 -02:00', '05 00:00 -02:00']],
  ['Asia/Beirut', calendar('day'), '2024-03-31T12:00', ['31 01:00 +03:00', '01 00:00 +03:00']],
  // Midnight comes twice: the day begins with the first.
  ['America/Havana', calendar('day'), '2024-11-03T05:30', ['03 00:00 -04:00', '04 00:00 -05:00']],
  // A day is left out, and has no bucket.
  ['Pacific/Apia', calendar('day'), '2011-12-30T09:00', ['29 00:00 -10:00', '31 00:00 +14:00', '01 00:00 +14:00']],
  ['Pacific/Kwajalein', calendar('day'), '1993-08-21T11:00', ['20 00:00 -12:00', '22 00:00 +12:00']],
  ['Asia/Kathmandu', calendar('hour'), '2024-05-31T00:10', ['05:00 +05:45', '06:00 +05:45']],
  // Before standard time, by the sun over Paris.
  ['Europe/Paris', calendar('day'), '1900-05-31T12:00', ['31 00:00 +00:09:21', '01 00:00 +00:09:21']],
  ['Europe/Paris', calendar('hour'), '1911-03-10T23:55', ['10 23:00 +00:09:21', '11 00:00 Z']],
  // Counted from midnight of 1970-01-01 on local clocks.
  ['Europe/Paris', fixed(12 * 60), '2024-03-31T00:59', ['31 00:00 +01:00', '31 12:00 +02:00']],
  ['Europe/Paris', fixed(30), '2024-03-31T01:10', ['03:00 +02:00', '03:30 +02:00']],
  ['Europe/Paris', fixed(60), '2024-10-27T00:10', ['02:00 +02:00', '02:00 +01:00', '03:00 +01:00']],
  ['America/Sao_Paulo', fixed(24 * 60), '2018-11-04T12:00', ['04 01:00 -02:00', '05 00:00 -02:00']],
  ['+05:30', calendar('month'), '2024-02-29T18:29', ['01 00:00 +05:30', '01 00:00 +05:30']],
  ['UTC', calendar('quarter'), '2024-12-31T23:59', ['01 00:00 Z', '01 00:00 Z']],
];
for (const [name, interval, instant, shown] of rows) {
  test(`DateBorders: ${name} ${JSON.stringify(interval)} from ${instant}`, () => {
    const zone = zoneNamed(name)!;
    const borders = new DateBorders(interval, zone);
    const keys = [borders.floor(Date.parse(`${instant}Z`))];
    while (keys.length < shown.length) keys.push(borders.next(keys.at(-1)!));
    assert.deepEqual(
      keys.map((key, i) => clock(key, name).slice(-shown[i]!.length)),
      shown,
    );
  });
}

/** `31 01:00 +02:00`: day, time and offset. */
function clock(instant: number, name: string): string {
  const text = showDate(instant, null, zoneNamed(name)!)!;
  return `${text.slice(8, 10)} ${text.slice(11, 16)} ${text.slice(23)}`;
}

const seed = Date.now() % 1_000_000;

const named = ['America/New_York', 'America/St_Johns', 'Pacific/Apia', 'Australia/Lord_Howe', 'America/Sao_Paulo'];

test(`DateBorders: as Temporal has it, around some changes of some zones (seed ${seed})`, () => {
  const random = createRandom(seed);
  const zones = [...named, ...random.shuffle(Intl.supportedValuesOf('timeZone')).slice(0, 10), '+05:45', 'UTC'];
  let compared = 0;
  for (const zone of zones) {
    const changes = random.shuffle(changesOf(zone)).slice(0, 2);
    const instants = [...changes, random.integer(-2e9, 2e9) * 1000].flatMap((change) => instantsAround(change, random));
    const some = random.shuffle(instants).slice(0, 30);
    for (const unit of comparedUnits) compared += compareBorders(zone, calendar(unit), some);
    compared += compareDays(zone, some);
    const minutes = random.pick([1, 7, 30, 60, 1440, 10_000]);
    compared += compareBorders(zone, fixed(minutes), some);
    compared += compareBorders(zone, calendar(random.pick(comparedUnits)), some, random.pick([6, -24, 1]) * 3_600_000);
  }
  assert.ok(compared > 1000);
});

test('DateBorders: far in the future the rules go on', () => {
  for (const zone of ['Europe/Paris', 'America/Sao_Paulo', 'Australia/Lord_Howe']) {
    for (const year of [2437, 2499, 2500, 2501, 2899, 2900, 9999, 20_000]) {
      const instants = [0, 3, 5, 6, 9].map((month) => Date.UTC(year, month, 31, 1, 30));
      for (const unit of comparedUnits) compareBorders(zone, calendar(unit), instants);
    }
  }
});

test('DateBorders: of the first and the last date there is borders are whole numbers', () => {
  const intervals = [...comparedUnits.map(calendar), { kind: 'fixed', ms: fixedMsMax } as const];
  for (const zone of ['UTC', 'Europe/Paris', 'Asia/Manila', '-18:00', '+18:00']) {
    for (const interval of intervals) {
      for (const shift of [0, fixedMsMax, -fixedMsMax]) {
        const borders = new DateBorders(interval, zoneNamed(zone)!, shift);
        for (const instant of [-8.64e15, 8.64e15]) {
          const key = borders.floor(instant);
          assert.ok(Number.isSafeInteger(key) && key <= instant, `${zone} ${JSON.stringify(interval)} ${key}`);
          assert.ok(borders.next(key) > instant);
        }
      }
    }
  }
});
