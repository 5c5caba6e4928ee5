/**
 * Every zone of the IANA database around each change of its clocks from 1900 to 2037: `npm run test:zones [-- SEED]`. Minutes.
 * Touches the world: it writes to standard output.
 */
import { createRandom } from '../../shared/random/random.ts';
import {
  changesOf,
  compareBorders,
  compareDays,
  comparedUnits,
  instantsAround,
} from '../../shared/dates/zone-changes.fixture.ts';

const seed = Number(process.argv[2] ?? Date.now() % 1_000_000);
const random = createRandom(seed);
process.stdout.write(`seed ${seed}\n`);
const zones = Intl.supportedValuesOf('timeZone');
/** A day's half, and what a day is no multiple of. */
const fixedMinutes = [720, 1000];
const units = comparedUnits.filter((unit) => unit !== 'minute');
let changed = 0;
let compared = 0;
let days = 0;
for (const [i, zone] of zones.entries()) {
  if (i % 100 === 99) process.stdout.write(`${i + 1} of ${zones.length} zones\n`);
  const changes = changesOf(zone);
  changed += changes.length;
  const instants = changes.flatMap((change) => instantsAround(change, random));
  days += compareDays(zone, instants);
  for (const unit of units) compared += compareBorders(zone, { kind: 'calendar', unit }, instants);
  for (const minutes of fixedMinutes)
    compared += compareBorders(zone, { kind: 'fixed', ms: minutes * 60_000 }, instants);
}
process.stdout.write(
  `${zones.length} zones, ${changed} changes, ${compared} borders and ${days} days as bounds: all as Temporal has them\n`,
);
