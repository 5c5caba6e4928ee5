/**
 * The attempts that a first attempt has grown into. The parts of an attempt ask other leaves for disjoint pieces of its
 * shards, because it was late (hedges) or failed (retries), and have parts in turn. Pure.
 *
 * Which answers count: of each attempt either its own answer, together with the parts that do not overlap it, or its
 * parts instead, whichever covers more. The answers chosen never overlap, so no shard counts twice.
 */
export interface Attempt {
  readonly number: number;
  readonly leaf: string;
  /** Ascending. */
  readonly shards: readonly number[];
  readonly reason: 'first' | 'retry' | 'hedge';
  readonly sentAt: number;
  /** Hedges between the first attempt and this one, itself included. */
  readonly hedgeDepth: number;
  state: 'open' | 'answered' | 'failed' | 'cancelled';
  /** Shards in its answer; none while there is no answer. */
  answered: readonly number[];
  /** Within `shards`; those that may count are pairwise disjoint. */
  readonly parts: Attempt[];
  /** The first attempt of the tree, its root; null for that itself. */
  readonly top: Attempt | null;
}

export function rootOf(attempt: Attempt): Attempt {
  return attempt.top ?? attempt;
}

/** Shards that the best answers cover. */
export function coveredShards(attempt: Attempt): number {
  if (attempt.parts.length === 0) return attempt.answered.length;
  return Math.max(ownCover(attempt), partsCover(attempt.parts));
}

/** Whether anything of it counts or may still come. */
export function mayCount(attempt: Attempt): boolean {
  return coveredShards(attempt) > 0 || openAttempts(attempt).length > 0;
}

/** The answers that count. */
export function bestAnswers(attempt: Attempt): Attempt[] {
  const own = attempt.answered.length === 0 ? [] : [attempt];
  if (attempt.parts.length === 0) return own;
  if (ownCover(attempt) >= partsCover(attempt.parts)) return [...own, ...beside(attempt).flatMap(bestAnswers)];
  return attempt.parts.flatMap(bestAnswers);
}

/** Attempts of the tree that have neither answered nor failed, in the order of the tree. */
export function openAttempts(attempt: Attempt): Attempt[] {
  const open = attempt.parts.flatMap(openAttempts);
  return attempt.state === 'open' ? [attempt, ...open] : open;
}

/** Answers that do not count although they alone have some shards: which, each shard once. */
export function unusedAnswers(top: Attempt): { readonly attempt: Attempt; readonly shards: readonly number[] }[] {
  const best = bestAnswers(top);
  const covered = new Set(best.flatMap(({ answered }) => answered));
  const unused: { attempt: Attempt; shards: number[] }[] = [];
  const visit = (attempt: Attempt): void => {
    const shards = best.includes(attempt) ? [] : attempt.answered.filter((shard) => !covered.has(shard));
    for (const shard of shards) covered.add(shard);
    if (shards.length > 0) unused.push({ attempt, shards });
    for (const part of attempt.parts) visit(part);
  };
  visit(top);
  return unused;
}

function ownCover(attempt: Attempt): number {
  return attempt.answered.length + partsCover(beside(attempt));
}

function partsCover(parts: readonly Attempt[]): number {
  return parts.reduce((sum, part) => sum + coveredShards(part), 0);
}

/** The parts that ask for nothing the attempt itself has answered. */
function beside(attempt: Attempt): Attempt[] {
  const { answered, parts } = attempt;
  return parts.filter(({ shards }) => !shards.some((shard) => answered.includes(shard)));
}
