/** When segments are merged. Only neighbours are, so that segments keep the order of the log. */
export interface MergeCandidate {
  /** Documents in the segment, deleted ones included. */
  readonly documents: number;
  readonly sizeBytes: number;
  /** Documents that are not deleted. */
  readonly live: number;
  /** Whether it is to be written anew whatever its size. */
  readonly isOutdated?: boolean;
}

/** Segments in one tier before they are merged; also the ratio of the tiers' sizes. */
const tierFactor = 8;
/** Everything below this is one tier: tiny segments cost about the same. */
const tierFloorBytes = 64 * 1024;
/** Larger segments stay as they are unless most of their documents are deleted. */
const segmentBytesMax = 512 * 1024 * 1024;
/** No merge reads more than this: positions in a segment have 32 bits, and both old and new lie in memory for a while. */
const mergeBytesMax = 2 * segmentBytesMax;

/**
 * The segments to merge next, as adjacent ascending indexes, or null when all is well. A segment that is over half
 * deleted, or outdated, is written anew alone.
 */
export function chooseMerge(sizes: readonly MergeCandidate[]): number[] | null {
  const wasteful = sizes.findIndex(({ isOutdated, live, documents }) => isOutdated === true || live * 2 < documents);
  return wasteful >= 0 ? [wasteful] : chooseTier(sizes);
}

/** In a quiet spell a segment joins those after it unless it is more than so many times as large as all of them. */
const settlingFactor = 8;

/**
 * The segments to merge when nothing else has been there to do for a while, or null: the longest run up to the newest
 * in which none is more than `settlingFactor` times as large as all after it together. A search pays for every segment, so a
 * shard that is left alone ends with one, or a few of very different sizes; a trickle of writes cannot have a large
 * segment written anew time and again.
 */
export function chooseSettlingMerge(sizes: readonly MergeCandidate[]): number[] | null {
  let after = 0;
  let start = sizes.length;
  for (let i = sizes.length - 1; i >= 0; i--) {
    const { sizeBytes } = sizes[i]!;
    if (after + sizeBytes > segmentBytesMax) break;
    if (i < sizes.length - 1 && sizeBytes <= settlingFactor * after) start = i;
    after += sizeBytes;
  }
  return start === sizes.length ? null : sizes.slice(start).map((_, i) => start + i);
}

/** The first run of at least `tierFactor` neighbours of one tier, cut to what one merge may read. */
function chooseTier(sizes: readonly MergeCandidate[]): number[] | null {
  let start = 0;
  for (let i = 1; i <= sizes.length; i++) {
    const tier = tierOf(sizes[start]!);
    if (i < sizes.length && tierOf(sizes[i]!) === tier) continue;
    if (i - start >= tierFactor && tier !== null) return cutRun(sizes, start, i);
    start = i;
  }
  return null;
}

/** 0 for the smallest; null for what is too large to merge. */
function tierOf(segment: MergeCandidate): number | null {
  if (segment.sizeBytes > segmentBytesMax) return null;
  let tier = 0;
  for (let bytes = tierFloorBytes; bytes < segment.sizeBytes; bytes *= tierFactor) tier++;
  return tier;
}

/** From `start` on as many as one merge may read, at least two: each is below half of that. */
function cutRun(sizes: readonly MergeCandidate[], start: number, end: number): number[] {
  const run: number[] = [];
  let sizeBytes = 0;
  for (let i = start; i < end; i++) {
    sizeBytes += sizes[i]!.sizeBytes;
    if (sizeBytes > mergeBytesMax) break;
    run.push(i);
  }
  return run;
}
