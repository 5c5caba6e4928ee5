/** What every benchmark is given. */
import type { Clock } from '../shared/clock/clock.ts';

export interface BenchContext {
  readonly clock: Clock;
  /** Documents to use, of WordNet unless the benchmark says otherwise; all when it is at least as many. */
  readonly documents: number;
  readonly seed: number;
  /** Whether the processes write CPU profiles, whose busiest functions become tables. */
  readonly profile: boolean;
  /** One line that says what is being done; the line before is written over on a terminal. */
  readonly progress: (line: string) => void;
}
