/** What a leaf itself said of the replicas that it took, and when. Touches the world: reads its telemetry. */
import { readFileSync } from 'node:fs';

export interface Copied {
  readonly bytes: number;
  /** From when it heard who is there until the last replica was on its disk. */
  readonly copyMs: number;
}

/**
 * @param path of the telemetry; what it said before it listened last does not count
 * @param message of a line of one replica
 * @returns null where it has not said it of so many replicas yet
 */
export function toldCopies(path: string, message: string, replicas: number): Copied | null {
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  const said = lines.map((line) => JSON.parse(line) as { time: string; msg: string; bytes?: number });
  const life = said.slice(said.findLastIndex(({ msg }) => msg === 'the leaf listens'));
  const copies = life.filter(({ msg }) => msg === message);
  const begun = life.find(({ msg }) => msg === 'the members changed');
  if (copies.length < replicas || begun === undefined) return null;
  const bytes = copies.reduce((sum, copy) => sum + (copy.bytes ?? 0), 0);
  return { bytes, copyMs: Date.parse(copies.at(-1)!.time) - Date.parse(begun.time) };
}
