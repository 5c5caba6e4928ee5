/**
 * `npm run test:mutants -- [count] [seed]`: draws so many mutations of the ground, 300 by default, and looks whether
 * tests find them: those that stand next to the file, the others, then 100 simulated clusters. Prints each that survives,
 * and ends with 1 where too many do. Touches the world: a copy of the tree for each worker.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { createRandom } from '../../shared/random/random.ts';
import { findTests, mutationsOfGround, readSource } from './ground.ts';
import { linesOf, type Mutation } from './rules.ts';
import { Trial, type Kill } from './trial.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '58' },
    workers: { type: 'string', default: '2' },
    seeds: { type: 'string', default: '100' },
  },
});
const wanted = Number(positionals[0] ?? 300);
const seed = Number(positionals[1] ?? randomInt(1_000_000));
const killedShareMin = 0.85;
/** A sample of so many speaks for itself; a smaller one fails only where chance cannot be the reason: 2.33 deviations, one in a hundred. */
const wholeSample = 300;
const deviations = 2.33;

const ground = mutationsOfGround();
const drawn = createRandom(seed).shuffle(ground).slice(0, wanted);
const startedAt = performance.now();
const timeMs = Number(values.minutes) * 60_000;
const signal = AbortSignal.timeout(timeMs);
const kills = new Map<Kill, number>();
let decided = 0;
say(`seed ${seed}: ${drawn.length} of ${ground.length} mutations, ${values.minutes} minutes at most`);

const waiting = [...drawn];
const tests = findTests();
await Promise.all(Array.from({ length: Number(values.workers) }, work));
const survived = kills.get(null) ?? 0;
const killed = decided - survived;
const [own, other, simulated] = (['by its own tests', 'by other tests', 'by the simulation'] as const).map(
  (how) => kills.get(how) ?? 0,
);
say(
  `${killed} of ${decided} killed (${percent(killed, decided)}): ${own} by their own tests, ${other} by other tests, ` +
    `${simulated} by the simulation; ${survived} survived, ${drawn.length - decided} not tried, in ${minutes(performance.now() - startedAt)}`,
);
process.exitCode = survived <= survivorsMax(decided) ? 0 : 1;

async function work(): Promise<void> {
  const trial = new Trial({ tests, seeds: Number(values.seeds), signal });
  try {
    for (let next = waiting.shift(); next !== undefined && !signal.aborted; next = waiting.shift()) {
      tell(next, await trial.judge(next));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    trial.close();
  }
}

function tell(mutation: Mutation, kill: Kill): void {
  kills.set(kill, (kills.get(kill) ?? 0) + 1);
  decided++;
  if (kill === null) {
    const source = readSource(mutation.file);
    const [before, after] = linesOf(source, mutation);
    const line = source.slice(0, mutation.start).split('\n').length;
    say(`survived: ${mutation.file}:${line} ${mutation.rule}\n    ${before}\n    ${after}`);
  }
  const elapsedMs = performance.now() - startedAt;
  const leftMs = Math.min(timeMs - elapsedMs, (elapsedMs / decided) * (drawn.length - decided));
  if (decided % 10 === 0)
    say(`${decided}/${drawn.length}, ${kills.get(null) ?? 0} survived, about ${minutes(leftMs)} left`);
}

function survivorsMax(count: number): number {
  const expected = count * (1 - killedShareMin);
  return count >= wholeSample ? expected : expected + deviations * Math.sqrt(expected * killedShareMin);
}

function percent(part: number, whole: number): string {
  return whole === 0 ? 'none' : `${((100 * part) / whole).toFixed(1)} %`;
}

function minutes(ms: number): string {
  return `${(ms / 60_000).toFixed(1)} min`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
