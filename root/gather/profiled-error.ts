/** The timeline of a search that has failed: what came to nothing is where one looks for why. */
import { SheafError } from '../../shared/errors.ts';
import type { RenderedTimeline } from './timeline.ts';
import type { SearchRun } from '../plan/search-run.ts';

/**
 * The error, with the timeline in its detail where the request asked for one and leaves were asked: that is where the
 * error has a coverage. Nothing was merged, so the merge begins and ends when the error is known.
 */
export function profiled({ root, timeline }: Pick<SearchRun, 'root' | 'timeline'>, error: unknown): unknown {
  if (timeline === null) return error;
  const now = root.clock.now();
  return profiledBy(timeline.render(now, now), error);
}

/** The same with a timeline that has been rendered; null: none was asked for. */
export function profiledBy(profile: RenderedTimeline | null, error: unknown): unknown {
  if (profile === null || !(error instanceof SheafError) || error.detail['coverage'] === undefined) return error;
  return new SheafError(error.code, { detail: { ...error.detail, profile }, cause: error });
}
