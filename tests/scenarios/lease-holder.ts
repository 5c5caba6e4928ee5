/**
 * A process that works under a lease, for paused-holder.test.ts: it takes the lease, says so, and then, for each word on
 * stdin, looks whether it holds the lease, says `looked`, does nothing for a moment, and shows its token to the place.
 * Arguments: port of the log, its name, milliseconds of the lease.
 */
import { createInterface } from 'node:readline';
import { systemClock } from '../../shared/clock/clock.ts';
import { systemTimers } from '../../shared/clock/timers.ts';
import { SheafError } from '../../shared/errors.ts';
import { openLeases } from '../../shared/lease/leases.ts';
import { connectLog } from '../../shared/log/client.ts';
import { silentTelemetry as telemetry } from '../../shared/telemetry/telemetry.ts';

/** Between the look and the act: long enough to be stopped in it. */
const betweenMs = 300;

const [port, holder = '', ttlMs] = process.argv.slice(2);
const clock = systemClock;
const log = connectLog({ address: { host: '127.0.0.1', port: Number(port) }, random: Math.random, producer: holder });
const leases = openLeases({ log, holder, clock, timers: systemTimers(clock), telemetry });

function say(word: string, fact: unknown = null): void {
  process.stdout.write(`${JSON.stringify([word, fact])}\n`);
}

const lease = await leases.acquire('place', { ttlMs: Number(ttlMs) });
say('held', lease.token);
lease.signal.addEventListener('abort', () => say('lost', (lease.signal.reason as SheafError).code));
createInterface({ input: process.stdin }).on('line', () => {
  try {
    const token = lease.require();
    say('looked');
    // The whole thread sleeps, so nothing comes between but what stops the process.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, betweenMs);
    say('write', token);
  } catch (error) {
    say('refused', error instanceof SheafError ? error.code : String(error));
  }
});
