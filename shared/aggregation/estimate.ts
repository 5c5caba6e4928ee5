/**
 * How many documents of a kind there are, where those that were looked at are a sample without replacement: of `K` such documents
 * among `N`, as many are among the `n` that answered as the hypergeometric distribution says.
 *
 * The limits are those of the score test (Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", 1927) with
 * the variance of a finite population. A number is shown only where it is large enough, and often because it is larger than others:
 * so the test is of the distribution between the counts that would have been shown, as of what was selected by its size it has to be
 * (Fithian, Sun and Taylor, "Optimal Inference After Model Selection", 2014). Far from these ends both are the same.
 */
import { upperTailRatio } from './normal-tail.ts';

/** A normal distribution is near enough from here on: so many found, or looked at and not found. */
const foundMin = 30;
/** And so many expected where nobody answered. */
const expectedMin = 5;
/** Of 95 %, on either side. */
const tail = 0.025;
const z95 = 1.959963984540054;
/** Standard deviations from the ends beyond which they do not matter. */
const farFromEnds = 6;
/** Documents are counted: limits are as near as that. */
const near = 1 / 16;

export interface Population {
  /** Documents that were looked at. */
  readonly answered: number;
  /** Documents that were not. */
  readonly missing: number;
  /** With fewer found it would not have been shown. */
  readonly shownFrom: number;
}

export interface Estimate {
  readonly value: number;
  /** Both included; of 95 %. */
  readonly min: number;
  readonly max: number;
}

/** Null where there is too little to go by. @param found of those that answered */
export function estimateFound(found: number, { answered, missing, shownFrom }: Population): Estimate | null {
  const all = answered + missing;
  if (answered === 0 || missing === 0) return null;
  const share = answered / all;
  const atLeast = Math.max(foundMin, Math.ceil((expectedMin * share) / (1 - share)));
  const ends = { from: Math.max(atLeast, shownFrom), to: answered - atLeast };
  if (found < ends.from || found > ends.to) return null;
  const { value, min, max } = limitsOf(found, { all, share }, ends);
  const shown = Math.round(value);
  return { value: shown, min: Math.min(shown, Math.ceil(min)), max: Math.max(shown, Math.floor(max)) };
}

interface Model {
  readonly all: number;
  readonly share: number;
}

/** Both included. */
interface Ends {
  readonly from: number;
  readonly to: number;
}

function limitsOf(found: number, model: Model, ends: Ends): Estimate {
  const { all, share } = model;
  const score = scoreLimits(found, model);
  const deviation = Math.max(deviationOf(score.max, model), deviationOf(score.min, model));
  if (Math.min(found - ends.from, ends.to - found) > farFromEnds * deviation) return { value: found / share, ...score };
  // None that was looked at is another than it was.
  const most = all - (all * share - found);
  const where = (chance: number): number =>
    border(found, most, (count) => shareFrom(found, count, { model, ends }) >= chance);
  return { value: where(0.5), min: where(tail), max: where(1 - tail) };
}

/** Between which numbers of documents those found are not surprising. */
function scoreLimits(found: number, { all, share }: Model): { readonly min: number; readonly max: number } {
  const spread = (z95 ** 2 * share * (1 - share)) / (all - 1);
  const a = share ** 2 + spread;
  const b = 2 * found * share + spread * all;
  const root = Math.sqrt(Math.max(0, b ** 2 - 4 * a * found ** 2));
  return { min: (b - root) / (2 * a), max: (b + root) / (2 * a) };
}

function deviationOf(count: number, { all, share }: Model): number {
  return Math.sqrt(Math.max(0, (count * share * (1 - share) * (all - count)) / (all - 1)));
}

/** Of the numbers between the ends, how likely it is that more are found, or as many with one half, where there are `count`. */
function shareFrom(
  found: number,
  count: number,
  { model, ends }: { readonly model: Model; readonly ends: Ends },
): number {
  const mean = count * model.share;
  const deviation = deviationOf(count, model);
  if (deviation === 0) return mean > found ? 1 : 0;
  const at = (value: number): number => (value - mean) / deviation;
  return upperTailRatio(at(found), { from: at(ends.from - 0.5), to: at(ends.to + 0.5) });
}

/** Where a test that fails below and holds above begins to hold; `from` where it holds everywhere, `to` where nowhere. */
function border(from: number, to: number, holds: (count: number) => boolean): number {
  if (holds(from)) return from;
  while (to - from > near) {
    const middle = (from + to) / 2;
    if (holds(middle)) to = middle;
    else from = middle;
  }
  return to;
}
