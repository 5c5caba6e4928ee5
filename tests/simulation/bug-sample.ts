/**
 * Which of the bugs that a simulation has to find are put in: a sample by a seed, unless `npm run sim:bugs` asks for all. Touches the
 * world: reads the environment.
 */
import { createRandom } from '../../shared/random/random.ts';

interface BugSample<B> {
  readonly bugs: readonly B[];
  /** How many of how many, and the seed. */
  readonly told: string;
}

/** @param size bugs of the sample; all where there are fewer */
export function sampleBugs<B>(all: readonly B[], size: number): BugSample<B> {
  const seed = Number(process.env['BUG_SEED'] ?? 1);
  const bugs = process.env['BUGS'] === 'all' ? all : createRandom(seed).shuffle(all).slice(0, size);
  return { bugs, told: `${bugs.length} of ${all.length} bugs, seed ${seed}` };
}
