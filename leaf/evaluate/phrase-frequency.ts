/**
 * How often a phrase stands in a document. A phrase is a list of slots; what matters of a slot is its offset in the
 * phrase, and where in the document its terms stand. Where a slot stands at `p`, the phrase would begin at
 * `p − offset`: a phrase stands where all slots agree on that, or with slop nearly do.
 */
import { limits } from '../../shared/limits.ts';

export interface SlotPositions {
  /** Place of the slot in the phrase, 0 or more. */
  readonly offset: number;
  /** Ascending, from 0 up to `count`. */
  readonly positions: Uint32Array;
  readonly count: number;
}

/** Steps in finding a phrase with slop, each over all its terms. */
const sloppyStepsMax = 4 * 1024 * 1024;

/**
 * How many places of each term in one document a phrase looks at, the first ones: a document of millions of words would
 * hold up everything else, as one document is looked at without a pause.
 */
export function placesOfTermMax(terms: number, slop: number): number {
  const shared = Math.floor(limits.phrasePlacesMax / terms);
  return slop === 0 ? shared : Math.min(shared, Math.floor(sloppyStepsMax / terms ** 2));
}

/** Bytes of positions looked at for what looking at a document costs. */
const bytesPerDocument = 4;

/** What looking at all positions of a phrase's terms costs, in documents: with slop each is compared with all terms. */
export function phraseCost(terms: number, positionBytes: number, slop: number): number {
  return (positionBytes / bytesPerDocument) * (slop === 0 ? 1 : terms);
}

/** Occurrences word by word. @param slots at least one. Cost: the positions of the rarest slot, times the slots */
export function exactFrequency(slots: readonly SlotPositions[]): number {
  let rarest = slots[0]!;
  for (let i = 1; i < slots.length; i++) if (slots[i]!.count < rarest.count) rarest = slots[i]!;
  let frequency = 0;
  for (let i = 0; i < rarest.count; i++) {
    const start = rarest.positions[i]! - rarest.offset;
    if (start >= 0 && allStandAt(slots, start)) frequency++;
  }
  return frequency;
}

function allStandAt(slots: readonly SlotPositions[], start: number): boolean {
  for (let i = 0; i < slots.length; i++) {
    const { positions, count, offset } = slots[i]!;
    if (!isAmong(positions, count, start + offset)) return false;
  }
  return true;
}

/** Whether a position is among the first `count`. */
function isAmong(positions: Uint32Array, count: number, wanted: number): boolean {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (positions[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low < count && positions[low] === wanted;
}

/**
 * Occurrences that are at most `slop` apart: each counts 1 / (1 + d), where d is how far the slots disagree about
 * where the phrase begins. Every start counts once, with the closest end. Slots of the same term stand apart.
 *
 * Source: Lucene's SloppyPhraseMatcher.
 *
 * @param slots at least two
 * @param same by slot: the number of its first slot with the same terms
 */
export function sloppyFrequency(slots: readonly SlotPositions[], same: readonly number[], slop: number): number {
  const at = slots.map(() => -1);
  const startOf = (slot: number): number => slots[slot]!.positions[at[slot]!]! - slots[slot]!.offset;
  for (let slot = 0; slot < slots.length; slot++) if (!moveOn(slots, same, at, slot)) return 0;
  let end = Math.max(...slots.map((_, slot) => startOf(slot)));
  let frequency = 0;
  for (;;) {
    const first = leastSlot(slots, startOf, -1);
    const next = startOf(leastSlot(slots, startOf, first));
    let distance = end - startOf(first);
    let more = moveOn(slots, same, at, first);
    // As long as it stays the first, the phrase only comes closer together.
    while (more && startOf(first) <= next) {
      distance = Math.min(distance, end - startOf(first));
      more = moveOn(slots, same, at, first);
    }
    if (distance <= slop) frequency += 1 / (1 + distance);
    if (!more) return frequency;
    end = Math.max(end, startOf(first));
  }
}

/** Moves a slot to its next position that no other slot of the same terms stands at; false if there is none. */
function moveOn(slots: readonly SlotPositions[], same: readonly number[], at: number[], slot: number): boolean {
  const { positions, count } = slots[slot]!;
  const taken = (position: number): boolean =>
    slots.some(
      (other, n) => n !== slot && same[n] === same[slot] && at[n]! >= 0 && other.positions[at[n]!] === position,
    );
  let next = at[slot]! + 1;
  while (next < count && taken(positions[next]!)) next++;
  if (next >= count) return false;
  at[slot] = next;
  return true;
}

/** The slot that begins the phrase earliest, but for one. */
function leastSlot(slots: readonly SlotPositions[], startOf: (slot: number) => number, but: number): number {
  let least = but === 0 ? 1 : 0;
  for (let slot = least + 1; slot < slots.length; slot++) {
    if (slot !== but && startOf(slot) < startOf(least)) least = slot;
  }
  return least;
}
