/** Which dead letters of a stretch are replayed by one append. Pure. */
import { limits } from '../../shared/limits.ts';
import { readLetter, type Letter } from './dead-letter.ts';
import type { Cut } from './cut.ts';

export interface DueLetters {
  /** Of one partition, as keys are made up of it. */
  readonly letters: readonly Letter[];
  readonly next: number;
  /** What is to be known of from now on: see Replay. */
  readonly highest: Readonly<Record<string, number>>;
}

/**
 * Leaves out what is of another source, what was written twice, and what was replayed too often. A letter that was written twice is known by
 * its offset: an append is repeated before the next is made, so that letters of a partition first come in the order of their offsets.
 * @param highest of the replay as it is
 */
export function dueLetters(
  { messages, next }: Cut,
  of: { readonly name: string; readonly topic: string },
  highest: Readonly<Record<string, number>>,
): DueLetters {
  const letters: Letter[] = [];
  const raised: Record<string, number> = {};
  for (const record of messages) {
    const letter = readLetter(record, of);
    if (letter === null || letter.replays >= limits.sourceReplaysMax) continue;
    const lane = `${letter.topicId}/${letter.partition}/${letter.replays}`;
    if (letter.message.offset <= (raised[lane] ?? highest[lane] ?? -1)) continue;
    const [first] = letters;
    if (first !== undefined && !isAlike(first, letter)) return { letters, next: record.offset, highest: raised };
    raised[lane] = letter.message.offset;
    letters.push(letter);
  }
  return { letters, next, highest: raised };
}

/** Offsets tell the letters of one append apart. */
function isAlike(one: Letter, other: Letter): boolean {
  return one.topicId === other.topicId && one.partition === other.partition && one.replays === other.replays;
}
