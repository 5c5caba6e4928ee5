/** From where on keys are remembered: what the last entry says that has them forgotten. Looked for from the end, as it is near: no clock is asked. Pure. */
import type { Decision } from './decision.ts';

export interface DecisionEntry {
  readonly offset: number;
  /** Null for an entry that decides nothing, as no version can read it. */
  readonly decision: Decision | null;
}

/** Entries that are looked at first, the last ones; then four times as many before them, and so on. */
const nearest = 4096;

/**
 * @param read entries from an offset on, some of them at least where there are any
 * @param earliest offset of the first entry that there is
 * @param end the offset after the last
 */
export async function firstRemembered(
  read: (offset: number) => Promise<readonly DecisionEntry[]>,
  earliest: number,
  end: number,
): Promise<number> {
  let to = end;
  for (let size = nearest; to > earliest; size *= 4) {
    const from = Math.max(earliest, to - size);
    const before = await lastForgotten(read, from, to);
    if (before !== null) return Math.max(earliest, before);
    to = from;
  }
  return earliest;
}

/** What the last of the entries from one offset to another has forgotten. */
async function lastForgotten(
  read: (offset: number) => Promise<readonly DecisionEntry[]>,
  from: number,
  to: number,
): Promise<number | null> {
  let before: number | null = null;
  for (let next = from; next < to;) {
    const entries = await read(next);
    if (entries.length === 0) break;
    for (const { offset, decision } of entries)
      if (offset < to && decision?.kind === 'forget') before = Math.max(before ?? 0, decision.before);
    next = entries.at(-1)!.offset + 1;
  }
  return before;
}
