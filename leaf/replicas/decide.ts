/**
 * What is to become of the replicas of a leaf: which are opened, and what the others are told. Pure: a function of what
 * the leaf has and of all it knows, called whenever any of that changes.
 *
 * What others have matters to those only that are on their way out; to the rest, where they are placed. So after a word of
 * others the leaf looks at the former, after a change of the catalog at what that touches, and at all where the ring changed.
 */
import { isElsewhere, isHandedOver, type Leaver } from './hand-over.ts';
import { answers, type Life, type LifeEvent } from './life.ts';
import type { Hearsay } from './hearsay.ts';
import type { PlacedShard, Placement } from './placement.ts';

export interface HeldReplica {
  readonly indexId: string;
  readonly shard: number;
  readonly life: Life;
}

/** All that a leaf knows of where replicas should be and are. */
export interface LeafView {
  readonly own: string;
  readonly incarnation: number;
  /** Of the leaves on the ring, without this one when it is leaving. */
  readonly placement: Placement;
  readonly heard: Pick<Hearsay, 'all' | 'byRoot'>;
  /** The leaf is about to end. */
  readonly leaving: boolean;
  /** Sequence of the next report. */
  readonly nextSequence: number;
}

export interface Decision {
  readonly open: readonly PlacedShard[];
  readonly events: readonly { readonly name: string; readonly event: LifeEvent }[];
}

/**
 * Cost: a step for each name.
 * @param held by replica name
 * @param names of the replicas to look at, held or placed: all, where it is left out
 */
export function decide(
  held: ReadonlyMap<string, HeldReplica>,
  view: LeafView,
  names: Iterable<string> = new Set([...held.keys(), ...view.placement.keys()]),
): Decision {
  const events: { name: string; event: LifeEvent }[] = [];
  const open: PlacedShard[] = [];
  for (const name of names) {
    const replica = held.get(name);
    if (replica === undefined) {
      const placed = view.placement.get(name);
      if (!view.leaving && placed?.owners.includes(view.own) === true) open.push(placed);
      continue;
    }
    const event = eventFor(name, replica, view);
    if (event !== null) events.push({ name, event });
  }
  return { open, events };
}

function eventFor(name: string, replica: HeldReplica, view: LeafView): LifeEvent | null {
  const { life } = replica;
  const placed = view.placement.get(name);
  // The index has been deleted.
  if (placed === undefined) return { kind: 'close', discard: true };
  if (view.leaving) return eventWhenLeaving(life, view);
  const isOnItsWay = life.kind === 'draining' || life.kind === 'lingering';
  if (placed.owners.includes(view.own)) return isOnItsWay ? { kind: 'wanted' } : null;
  if (!isOnItsWay) return { kind: 'unwanted', since: view.nextSequence };
  const leaver = { ...leaverOf(replica, view), since: life.since };
  const others = isHandedOver(leaver, placed.owners, view.heard);
  if (life.kind === 'draining') return others ? { kind: 'handedOver' } : null;
  return others ? null : { kind: 'unwanted', since: view.nextSequence };
}

/** What answers goes on answering until the process ends; whatever is there then is kept for its next life. */
function eventWhenLeaving(life: Life, { nextSequence }: LeafView): LifeEvent | null {
  if (life.kind === 'draining' || life.kind === 'lingering') return null;
  return life.kind === 'ready' ? { kind: 'unwanted', since: nextSequence } : { kind: 'close', discard: false };
}

/** Names of the replicas that a leaf which is leaving is the only one to have ready, as far as it knows. */
export function notElsewhere(held: ReadonlyMap<string, HeldReplica>, view: LeafView): string[] {
  return [...held].flatMap(([name, replica]) => {
    const { life } = replica;
    if (!answers(life)) return [];
    const since = 'since' in life ? life.since : view.nextSequence;
    return isElsewhere({ ...leaverOf(replica, view), since }, view.heard) ? [] : [name];
  });
}

/**
 * Whether there is anybody whom a leaf that ends could hand over to: one on the ring, even if it is gone for the moment or
 * has not been heard of.
 * @param leaves names of the leaves on the ring
 */
export function hasHeirs(leaves: readonly string[], { own, heard }: Pick<LeafView, 'own' | 'heard'>): boolean {
  return leaves.some((leaf) => leaf !== own && heard.all.reportOf(leaf)?.draining !== true);
}

function leaverOf({ indexId, shard }: HeldReplica, { own, incarnation }: LeafView): Omit<Leaver, 'since'> {
  return { leaf: own, incarnation, indexId, shard };
}
