/**
 * Every zone of the IANA database around each change of its clocks from 1900 to 2037: `npm run test:zones [-- SEED]`. Minutes.
 * Touches the world: it writes to standard output.
 */
import { createRandom } from '../../shared/random/random.ts';
import { changesOf, compareBorders, comparedUnits, instantsAround } from '../../shared/dates/zone-changes.fixture.ts';

const seed = Number(process.argv[2] ?? Date.now() % 1_000_000);
const random = createRandom(seed);
process.stdout.write(`seed ${seed}\n`);
const zones = Intl.supportedValuesOf('timeZone');
const fixedMinutes = [30, 60, 90, 720, 1440, 10_080];
let changed = 0;
let compared = 0;
for (const zone of zones) {
  const changes = changesOf(zone);
  changed += changes.length;
  const instants = changes.flatMap((change) => instantsAround(change, random));
  for (const unit of comparedUnits) compared += compareBorders(zone, { kind: 'calendar', unit }, instants);
  for (const minutes of fixedMinutes)
    compared += compareBorders(zone, { kind: 'fixed', ms: minutes * 60_000 }, instants);
}
process.stdout.write(`${zones.length} zones, ${changed} changes, ${compared} borders: all as Temporal has them\n`);
