/** What a process says about itself: lines of JSON on stderr. Touches the world: a file descriptor. */
import { pino, type Logger } from 'pino';

/** Facts go into the fields, so that a message is the same every time and can be searched for. */
export type Telemetry = Logger;

/**
 * Telemetry of one process on stderr, written before each call returns, so that the last words of a process that
 * crashes are there.
 *
 * @param name of the process, a field of every line
 * @param level the least severe that is written: trace, debug, info, warn, error or silent
 */
export function createTelemetry(name: string, level: string): Telemetry {
  const options = { level, base: { process: name, pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime };
  return pino(options, pino.destination({ dest: 2, sync: true }));
}

/** Says nothing: for tests. */
export const silentTelemetry: Telemetry = pino({ level: 'silent' });
