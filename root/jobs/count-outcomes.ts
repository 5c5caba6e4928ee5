/** What outcomes of entries count as. Pure. */
import type { ErrorCode } from '../../shared/errors.ts';
import type { JobCount, JobRefusal, JobStep } from '../../shared/jobs/job-entry.ts';
import { shorten } from '../../shared/json/describe-value.ts';
import type { Result } from '../../shared/judge/judge.ts';
import { limits } from '../../shared/limits.ts';
import type { LineOutcome } from '../plan/ask-outcomes.ts';
import type { Rejection } from '../route/bulk-router.ts';
import type { ChangingKind } from './kinds/job-kind.ts';

const countsByResult: { readonly [R in Result]: JobCount } = {
  created: 'created',
  updated: 'updated',
  noop: 'noop',
  deleted: 'deleted',
  not_found: 'conflicts',
  conflict: 'conflicts',
  too_large: 'rejected',
  unmergeable: 'rejected',
  too_deep: 'rejected',
};

const refusalsByResult: { readonly [R in Result]?: ErrorCode } = {
  too_large: 'DOCUMENT_TOO_LARGE',
  unmergeable: 'DOCUMENT_NOT_OBJECT',
  too_deep: 'DOCUMENT_TOO_DEEP',
};

type Counted = Pick<JobStep, 'counts' | 'refused'>;

/** @param expected how many entries there are: of those without an outcome nobody knows any more */
export function countOutcomes(
  kind: Pick<ChangingKind, 'counts'>,
  outcomes: readonly LineOutcome[],
  expected: number,
): Counted {
  const counts: Partial<Record<JobCount, number>> = {};
  const refused: JobRefusal[] = [];
  const note = (name: JobCount, count = 1): void => void (counts[name] = (counts[name] ?? 0) + count);
  for (const { key, outcome } of outcomes) {
    note(outcome === null ? 'uncertain' : (kind.counts[outcome.result] ?? countsByResult[outcome.result]));
    const code = outcome === null ? undefined : refusalsByResult[outcome.result];
    if (code !== undefined) refused.push({ key, code, at: '' });
  }
  if (expected > outcomes.length) note('uncertain', expected - outcomes.length);
  return { counts, ...toldOf(refused) };
}

/** The same step, with lines that were refused before they were written. @param keys of the lines */
export function withRejections(
  step: JobStep,
  rejected: number,
  { keys, rejections }: { readonly keys: readonly string[]; readonly rejections: readonly Rejection[] },
): JobStep {
  const refused = rejections.map(({ line, code, at }) => ({ key: keys[line - 1]!, code, at: placeIn(at) }));
  return {
    ...step,
    counts: { ...step.counts, rejected: (step.counts.rejected ?? 0) + rejected },
    ...toldOf([...(step.refused ?? []), ...refused]),
  };
}

/** Where in the document, and not in the line that has it; names may be as long as documents. */
function placeIn(at: string): string {
  return shorten(at.replace(/^\/_(?:put|patch)(?=\/|$)/, ''));
}

/** As many as are told. */
function toldOf(refused: readonly JobRefusal[]): Pick<JobStep, 'refused'> {
  return refused.length === 0 ? {} : { refused: refused.slice(0, limits.jobRefusalsMax) };
}
