/**
 * Preloaded into processes of a test by `node --import`: their time of day is off by the milliseconds that a file says, as
 * on a machine whose clock was set. What counts time without a clock of the day is left alone.
 */
import { readFileSync } from 'node:fs';

const path = process.env['CLOCK_SHIFT_FILE']!;
const now = Date.now.bind(Date);

function shiftedNow(): number {
  return now() + Number(readFileSync(path, 'utf8'));
}

Date.now = shiftedNow;
globalThis.Date = new Proxy(Date, {
  construct: (target, given: unknown[], asked) =>
    Reflect.construct(target, given.length === 0 ? [shiftedNow()] : given, asked) as object,
});
