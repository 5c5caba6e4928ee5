/** How many rounds of a long fuzz are run: a part of them, unless `npm run test:fuzz` asks for all. Touches the world: reads the environment. */

/** One in so many. */
const sampledOneIn = 4;

/** @param all rounds, divisible by 4, or the share of what there is that all of them are @returns that or a quarter of it */
export function roundsOf(all: number): number {
  return process.env['FUZZ'] === 'all' ? all : all / sampledOneIn;
}
