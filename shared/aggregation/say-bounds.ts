/** Bounds and estimates as results say them. Pure. */
import { estimateFound } from './estimate.ts';
import { documentsMeant, remembered, type Missing, type NoBounds, type NoEstimate } from './missing-shards.ts';

/** Both included; infinite where there is no limit. */
export interface Interval {
  readonly min: number;
  readonly max: number;
}

/** As callers see it; null where there is no limit. */
export interface ShownInterval {
  readonly min: number | null;
  readonly max: number | null;
}

/** Null with its reason where there is a limit on neither side. */
export type SaidBounds =
  | { readonly bounds: ShownInterval }
  | { readonly bounds: null; readonly bounds_reason: NoBounds };

export type SaidEstimate =
  | { readonly estimate: { readonly value: number; readonly min: number; readonly max: number } }
  | { readonly estimate: null; readonly estimate_reason: NoEstimate };

export type Said = SaidBounds & SaidEstimate;

export function showInterval({ min, max }: Interval): ShownInterval {
  return { min: limitOf(min), max: limitOf(max) };
}

/** @param reason why there is no limit on either side, if that is so */
export function sayBounds(interval: Interval, reason: NoBounds): SaidBounds {
  const bounds = showInterval(interval);
  return bounds.min === null && bounds.max === null ? { bounds: null, bounds_reason: reason } : { bounds };
}

export function noEstimate(reason: NoEstimate): SaidEstimate {
  return { estimate: null, estimate_reason: reason };
}

/** What is said of a number that has neither. */
export function saidNothing(reason: NoBounds): Said {
  return { bounds: null, bounds_reason: reason, ...noEstimate(reason) };
}

export interface FoundCount {
  /** Documents found, each once. */
  readonly found: number;
  /** Documents in the shards that answered, at most, that were not counted; 0 where all were. */
  readonly uncounted?: number;
  /** With fewer it would not have been shown. */
  readonly shownFrom?: number;
}

/** Of a count of documents. */
export function sayCount({ found, uncounted = 0, shownFrom = 0 }: FoundCount, missing: Missing): Said {
  const { least, most } = documentsMeant(missing);
  const interval = { min: found + least, max: found + uncounted + most };
  return { ...sayBounds(interval, missing.reason), ...sayEstimate({ found, uncounted, shownFrom }, missing) };
}

/** How many there may be is found by trying. */
const estimates = remembered<SaidEstimate>();

/** Of a count of documents. */
export function sayEstimate(count: Required<FoundCount>, missing: Missing): SaidEstimate {
  const { found, uncounted, shownFrom } = count;
  return estimates(missing, `${found} ${uncounted} ${shownFrom}`, () => estimateOf(count, missing));
}

function estimateOf(count: Required<FoundCount>, { shards, sample, reason }: Missing): SaidEstimate {
  const { found, uncounted, shownFrom } = count;
  if ('reason' in sample) return noEstimate(sample.reason);
  if (uncounted > 0) return noEstimate('cut');
  const open = shards.filter(({ least, most }) => least < most);
  if (open.length === 0) return noEstimate('exact');
  let missing = 0;
  for (const { documents } of open) {
    if (documents === null) return noEstimate(reason);
    missing += documents;
  }
  const told = estimateFound(found, { answered: sample.documents, missing, shownFrom });
  if (told === null) return noEstimate('rare');
  const sure = shards.reduce((sum, { least, most }) => sum + (least === most ? least : 0), 0);
  const { value, min, max } = told;
  return { estimate: { value: value + sure, min: min + sure, max: max + sure } };
}

function limitOf(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
