/**
 * Whom to ask for which shard: for every shard its leaves, best first. Pure.
 *
 * A leaf is hot when it has more in flight than the 0.84 quantile of all leaves. Two leaves are drawn at random; of two
 * cold ones the one with the lower latency is better, otherwise the one with less in flight. In flight counts what this
 * plan has given so far, so the work of one query spreads over all who can share it. Leaves that should be spared come
 * behind, in this order: those at their cap (new, not yet known), those whose line is too long for the query, those whose
 * replica is far behind the log, silent ones, ejected ones; they are asked when nobody else is left.
 *
 * Among equals, those in the zone of the root come before the others. Two leaves are equal where none has a reason to be spared that
 * the other has not, the one in the zone was not hot before this plan, and takes at most twice what the other takes, or a millisecond
 * more. What the plan gives makes no leaf unequal: a query stays in the zone, if that has all its shards, and its leaves share it. A zone
 * with too few leaves for its roots is relieved by the others: its leaves are hot, or slow.
 *
 * Source: the hot-cold lexicographic rule of Prequal (Wydrowski et al., "Load is not what you should balance", NSDI
 * 2024), from which the quantile is; two choices: Mitzenmacher (1996).
 */
export interface LeafView {
  readonly name: string;
  /** Shards asked of it, by this root or as it reports itself, and not yet answered. */
  readonly inFlight: number;
  /** What a task takes there lately; see leaf-book.ts for how it is known. */
  readonly latencyMs: number;
  /** Shards in flight up to which it is to be used; Infinity once it is known. */
  readonly inFlightMax: number;
  /** `busy` is for the query that asks, `behind` of the replica of one shard, all else of the leaf. */
  readonly condition: 'good' | 'busy' | 'behind' | 'silent' | 'ejected';
  /** Whether it is in the zone of the root; absent where zones are not known. */
  readonly isNear?: boolean;
}

const hotQuantile = 0.84;
/** A leaf in the zone of the root may take so many times what another takes, or so much longer, and is as good. */
const nearFactor = 2;
const nearMs = 1;

/**
 * @param owners for each shard asked the leaves that report it ready
 * @param random uniform in [0, 1)
 */
export function rankReplicas(
  owners: ReadonlyMap<number, readonly LeafView[]>,
  random: () => number,
): Map<number, string[]> {
  const load = planLoad(owners);
  const plan = new Map<number, string[]>();
  for (const [shard, leaves] of owners) {
    const ranked = rank(leaves, load, random);
    if (ranked[0] !== undefined) load.give(ranked[0].name);
    plan.set(
      shard,
      ranked.map(({ name }) => name),
    );
  }
  return plan;
}

/** What each leaf has in flight, while a plan gives out more. */
interface PlanLoad {
  of(leaf: LeafView): number;
  isHot(leaf: LeafView): boolean;
  /** Before the plan gave anything. */
  wasHot(leaf: LeafView): boolean;
  give(name: string): void;
}

function planLoad(owners: ReadonlyMap<number, readonly LeafView[]>): PlanLoad {
  const leaves = new Map<string, LeafView>();
  for (const each of owners.values()) for (const leaf of each) leaves.set(leaf.name, leaf);
  const inFlight = [...leaves.values()].map((leaf) => leaf.inFlight).sort((a, b) => a - b);
  const quantile = inFlight[Math.floor(hotQuantile * (inFlight.length - 1))] ?? 0;
  const given = new Map<string, number>();
  let total = 0;
  const of = (leaf: LeafView): number => leaf.inFlight + (given.get(leaf.name) ?? 0);
  return {
    of,
    // What the plan gives is, on average, the same for all; more than that makes a leaf hot.
    isHot: (leaf) => of(leaf) > quantile + total / leaves.size,
    wasHot: (leaf) => leaf.inFlight > quantile,
    give: (name) => {
      given.set(name, (given.get(name) ?? 0) + 1);
      total++;
    },
  };
}

function rank(leaves: readonly LeafView[], load: PlanLoad, random: () => number): LeafView[] {
  if (leaves.length < 2) return [...leaves];
  const groups: LeafView[][] = [[], [], [], [], [], []];
  for (const leaf of leaves) groups[hardship(leaf, load)]!.push(leaf);
  return groups.flatMap((group) => rankEqual(group, load, random));
}

/** Of leaves of one hardship. */
function rankEqual(leaves: LeafView[], load: PlanLoad, random: () => number): LeafView[] {
  const near = leaves.filter(({ isNear }) => isNear === true);
  if (near.length === 0 || near.length === leaves.length) return rankByTwoChoices(leaves, load, random);
  const far = rankByTwoChoices(
    leaves.filter(({ isNear }) => isNear !== true),
    load,
    random,
  );
  const ranked: LeafView[] = [];
  for (const leaf of rankByTwoChoices(near, load, random)) {
    while (far[0] !== undefined && isBetterByFar(far[0], leaf, load)) ranked.push(far.shift()!);
    ranked.push(leaf);
  }
  return [...ranked, ...far];
}

/** Whether a leaf of another zone is so much better than one of the root's that they are not equal. */
function isBetterByFar(far: LeafView, near: LeafView, load: PlanLoad): boolean {
  if (load.wasHot(near)) return far.inFlight < near.inFlight;
  const isSlow = near.latencyMs > Math.max(nearFactor * far.latencyMs, far.latencyMs + nearMs);
  return isSlow && !load.wasHot(far);
}

function hardship(leaf: LeafView, load: PlanLoad): number {
  if (leaf.condition === 'ejected') return 5;
  if (leaf.condition === 'silent') return 4;
  if (leaf.condition === 'behind') return 3;
  if (leaf.condition === 'busy') return 2;
  return load.of(leaf) >= leaf.inFlightMax ? 1 : 0;
}

/** Draws two, takes the better, puts the other back, until none is left. */
function rankByTwoChoices(leaves: LeafView[], load: PlanLoad, random: () => number): LeafView[] {
  const ranked: LeafView[] = [];
  while (leaves.length > 1) {
    const [i, j] = drawTwo(leaves.length, random);
    const better = isBetter(leaves[i]!, leaves[j]!, load) ? i : j;
    ranked.push(leaves[better]!);
    leaves.splice(better, 1);
  }
  ranked.push(...leaves);
  return ranked;
}

/** Two different positions in random order, so that equal leaves share equally. */
function drawTwo(count: number, random: () => number): [number, number] {
  const first = Math.floor(random() * count);
  const second = Math.floor(random() * (count - 1));
  return [first, second < first ? second : second + 1];
}

/** Whether `a` is at least as good as `b`. */
function isBetter(a: LeafView, b: LeafView, load: PlanLoad): boolean {
  if (!load.isHot(a) && !load.isHot(b)) return a.latencyMs <= b.latencyMs;
  return load.of(a) <= load.of(b);
}
