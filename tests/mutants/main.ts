/**
 * `npm run test:mutants -- [count] [seed]`: draws so many mutations of the ground, 300 by default, and looks whether
 * tests find them, and then 100 simulated clusters. Prints each that survives, and ends with 1 where too many do, or where
 * none was tried. Touches the world: a copy of the tree for each worker.
 */
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { createRandom } from '../../shared/random/random.ts';
import { findFinders } from './finders.ts';
import { mutationsOfGround, readSource } from './ground.ts';
import { FinderRecord } from './record.ts';
import { linesOf, type Mutation } from './rules.ts';
import { kills, Trial, type Sound, type TrialOptions, type Verdict } from './trial.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '58' },
    workers: { type: 'string', default: String(availableParallelism()) },
    seeds: { type: 'string', default: '100' },
    /** Only of files whose path begins so. */
    in: { type: 'string', default: '' },
    /** Tell of each what found it. */
    all: { type: 'boolean', default: false },
  },
});
const wanted = Number(positionals[0] ?? 300);
const seed = Number(positionals[1] ?? randomInt(1_000_000));
const killedShareMin = 0.85;
/** A sample of so many speaks for itself; a smaller one fails only where chance cannot be the reason: 2.33 deviations, one in a hundred. */
const wholeSample = 300;
const deviations = 2.33;

const ground = mutationsOfGround().filter(({ file }) => file.startsWith(values.in));
const drawn = createRandom(seed).shuffle(ground).slice(0, wanted);
const startedAt = performance.now();
const timeMs = Number(values.minutes) * 60_000;
const sound = new Map<string, Promise<Sound | null>>();
const options: TrialOptions = {
  findersOf: findFinders(),
  record: new FinderRecord(),
  sound,
  seeds: Number(values.seeds),
  signal: AbortSignal.timeout(timeMs),
};
const verdicts: Verdict[] = [];
/** Those that survive take longest, so what is under way at the end says more than its number. */
let begun = 0;
say(`seed ${seed}: ${drawn.length} of ${ground.length} mutations, ${values.minutes} minutes at most`);

const waiting = [...drawn];
await Promise.all(Array.from({ length: Number(values.workers) }, work));
for (const [name, measured] of sound) {
  // What the time was too short for is not known.
  if ((await measured.catch(() => undefined)) === null) say(`of no use: ${name} fails without any mutation`);
}
const decided = verdicts.length;
const survived = verdicts.filter(({ kill }) => kill === null).length;
const found = kills.map((how) => `${verdicts.filter(({ kill }) => kill === how).length} ${how}`);
say(
  `${decided - survived} of ${decided} killed (${percent(decided - survived, decided)}): ${found.join(', ')}; ${survived} survived, ` +
    `${begun - decided} under way when the time was over, ${drawn.length - begun} not tried, in ${minutes(performance.now() - startedAt)}`,
);
process.exitCode = decided > 0 && survived <= survivorsMax(decided) ? 0 : 1;

async function work(): Promise<void> {
  const trial = new Trial(options);
  try {
    for (let next = waiting.shift(); next !== undefined && !options.signal.aborted; next = waiting.shift()) {
      const triedAt = performance.now();
      begun++;
      const verdict = await trial.judge(next);
      verdicts.push(verdict);
      if (values.all || verdict.kill === null) tell(next, verdict, performance.now() - triedAt);
      if (verdicts.length % 10 === 0) tellProgress();
    }
  } catch (error) {
    if (!options.signal.aborted) throw error;
  } finally {
    trial.close();
  }
}

function tell(mutation: Mutation, verdict: Verdict, tookMs: number): void {
  const source = readSource(mutation.file);
  const [before, after] = linesOf(source, mutation);
  const line = source.slice(0, mutation.start).split('\n').length;
  const how =
    verdict.kill === null ? (verdict.isRun ? 'survived' : 'survived, as nothing runs it') : `found by ${verdict.by}`;
  say(
    `${how}, ${(tookMs / 1000).toFixed(1)} s: ${mutation.file}:${line} ${mutation.rule}\n    ${before}\n    ${after}`,
  );
}

function tellProgress(): void {
  const count = verdicts.length;
  const elapsedMs = performance.now() - startedAt;
  const leftMs = Math.min(timeMs - elapsedMs, (elapsedMs / count) * (drawn.length - count));
  const survivors = verdicts.filter(({ kill }) => kill === null).length;
  say(`${count}/${drawn.length}, ${survivors} survived, about ${minutes(leftMs)} left`);
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
