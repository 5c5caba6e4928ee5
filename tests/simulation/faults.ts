/** Faults of one run, chosen by its seed: what goes wrong, where, when, and that it heals. */
import type { Random } from '../../shared/random/random.ts';
import { noLinkFaults, type Link, type LinkFaults } from './link.ts';
import type { SimLeaf } from './sim-leaf.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface FaultTargets {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly leaves: readonly SimLeaf[];
  /** Of a leaf to every root, in the order of the roots. */
  readonly linksTo: (leaf: SimLeaf) => readonly Link[];
  readonly linksFrom: (leaf: SimLeaf) => readonly Link[];
  readonly note: (line: string) => void;
}

type Fault = (targets: FaultTargets, leaf: SimLeaf, until: number) => void;

const faults: Readonly<Record<string, Fault>> = {
  'stalls again and again': ({ time, random }, leaf, until) => {
    const stall = (): void => {
      if (time.now() >= until) return;
      leaf.stall(Math.min(until, time.now() + random.integer(20, 150)));
      time.after(random.integer(100, 600), stall);
    };
    stall();
  },
  freezes: (_targets, leaf, until) => leaf.stall(until),
  'is slow': ({ time, random }, leaf, until) => {
    leaf.slowness = random.integer(3, 40);
    time.at(until, () => (leaf.slowness = 1));
  },
  'crashes and restarts': ({ time }, leaf, until) => {
    if (!leaf.isUp) return;
    leaf.crash();
    time.at(until, () => leaf.restart());
  },
  'tells old news': ({ time, random, leaves }, leaf, until) => {
    leaf.tellOldNews(true);
    // What it says it has, it hands over to others meanwhile.
    for (const shard of leaf.shards) if (random.chance(0.5)) moveReplica(shard, leaf, random.pick(leaves));
    time.at(until, () => leaf.tellOldNews(false));
  },
  'hands over its shards': ({ time, random, leaves }, leaf, until) => {
    for (const shard of leaf.shards) {
      const at = time.now() + random.next() * (until - time.now());
      time.at(at, () => moveReplica(shard, leaf, random.pick(leaves)));
    }
  },
  'gains shards, and tells it late': ({ time, random, leaves }, leaf, until) => {
    tellLate(time, leaf, until);
    for (const shard of random.pick(leaves).shards) {
      if (leaf.shards.has(shard)) continue;
      leaf.loading.add(shard);
      time.at(time.now() + random.next() * (until - time.now()), () => {
        leaf.loading.delete(shard);
        leaf.gain(shard);
        leaf.reportNow();
      });
    }
  },
  'loses shards, and tells it late': ({ time, random, leaves }, leaf, until) => {
    tellLate(time, leaf, until);
    for (const shard of leaf.shards) if (random.chance(0.7)) moveReplica(shard, leaf, random.pick(leaves));
  },
  'answers for other shards': ({ time }, leaf, until) => {
    leaf.lieChance = 0.3;
    time.at(until, () => (leaf.lieChance = 0));
  },
  'refuses at times': ({ time }, leaf, until) => {
    leaf.refusesChance = 0.5;
    time.at(until, () => (leaf.refusesChance = 0));
  },
  'reads nothing new': (_targets, leaf, until) => {
    leaf.readsFrom = until;
  },
  'is not heard': (targets, leaf, until) => disturb(targets, targets.linksFrom(leaf), { cut: true }, until),
  'hears nothing': (targets, leaf, until) => disturb(targets, targets.linksTo(leaf), { cut: true }, until),
  'has a link that loses': (targets, leaf, until) =>
    disturb(targets, targets.linksFrom(leaf), { lossChance: 0.3 }, until),
  'hears only half': (targets, leaf, until) => disturb(targets, targets.linksTo(leaf), { lossChance: 0.5 }, until),
  'has a link that doubles': (targets, leaf, until) => {
    disturb(targets, targets.linksFrom(leaf), { duplicateChance: 0.5, slownessMs: 5 }, until);
    disturb(targets, targets.linksTo(leaf), { duplicateChance: 0.5, slownessMs: 5 }, until);
  },
  'has a clogged link': (targets, leaf, until) =>
    disturb(targets, targets.linksFrom(leaf), { cloggedUntil: until }, until),
};

/** The new replica is ready before the old one is given up; a leaf that has it already takes nothing. */
function moveReplica(shard: number, from: SimLeaf, to: SimLeaf): void {
  if (from === to || to.shards.has(shard) || !to.isUp || !from.isUp) return;
  to.gain(shard);
  to.reportNow();
  from.shards.delete(shard);
  from.reportNow();
}

/** What it says of itself leaves later; when it is well again, older news come after newer. */
function tellLate(time: VirtualTime, leaf: SimLeaf, until: number): void {
  leaf.reportDelayMs = Math.min(1500, until - time.now());
  time.at(until, () => (leaf.reportDelayMs = 0));
}

/** Disturbs the links to all roots or, as often, to one: then the roots disagree on the leaf. */
function disturb(
  { time, random }: FaultTargets,
  links: readonly Link[],
  differs: Partial<LinkFaults>,
  until: number,
): void {
  for (const link of random.chance(0.5) ? links : [random.pick(links)]) {
    link.faults = { ...link.faults, ...differs };
    time.at(until, () => (link.faults = noLinkFaults));
  }
}

/** Schedules between none and eight faults that begin after `from` and are healed by `until`. */
export function scheduleFaults(targets: FaultTargets, from: number, until: number): void {
  const { time, random, leaves, note } = targets;
  for (let count = random.integer(0, 8); count > 0; count--) {
    const name = random.pick(Object.keys(faults));
    const leaf = random.pick(leaves);
    const start = from + random.next() * (until - from);
    const end = Math.min(until, start + random.integer(50, 3000));
    time.at(start, () => {
      note(`${leaf.name} ${name} until ${end.toFixed(3)}`);
      faults[name]!(targets, leaf, end);
    });
  }
}
