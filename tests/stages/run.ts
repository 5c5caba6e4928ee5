/**
 * Runs tests in stages, the fast ones first: `node tests/stages/run.ts [unit] [process] [file…]`, both where no stage is named, and
 * of the named files alone where there are any. After a stage that fails no other begins. As many files run beside one another as
 * there are cores; those that hold something to a time run after the others of their stage, each by itself. Skips are told with their
 * reasons before each summary. Touches the world: processes, a folder for the time of the run.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { writeBatches } from './batches.ts';
import { skipLines, type Skip } from './skips.ts';
import { holdsToTime, stageNames, stagesOf, type StageName } from './stages.ts';

const repository = join(import.meta.dirname, '../..');
/** Of one test, unless it says otherwise. */
const testMsMax = 300_000;

type Events = ReturnType<typeof run>;
type Event = Events extends AsyncIterable<infer E> ? E : never;

/** Compiled sources are kept between the processes of tests, and between those that they start: loading is much of their time. */
const env: NodeJS.ProcessEnv = {
  ...process.env,
  NODE_COMPILE_CACHE: join(repository, 'node_modules/.cache/compiled'),
};

/** Whether every test passed or was skipped. @param files their paths @param concurrency how many of them run beside one another */
async function runFiles(files: readonly string[], concurrency: number, skips: Skip[]): Promise<boolean> {
  let succeeded = true;
  const execArgv = ['--import', join(import.meta.dirname, 'ending.ts')];
  const events = run({ files, concurrency, timeout: testMsMax, execArgv, env });
  const told = async function* (): AsyncGenerator<object> {
    let isTold = false;
    for await (const event of events as AsyncIterable<Event>) {
      if (event.type === 'test:fail') succeeded = false;
      if (event.type === 'test:pass' && event.data.skip !== undefined) {
        const { name, skip, file = '' } = event.data;
        skips.push({ file: relative(repository, file), name, reason: typeof skip === 'string' ? skip : '' });
      }
      if (!isTold && isSummary(event)) {
        isTold = true;
        yield { type: 'test:stdout', data: { file: '', message: `\n${skipLines(skips).join('\n')}\n\n` } };
      }
      yield event;
    }
  };
  await pipeline(Readable.from(told()), new spec(), process.stdout, { end: false });
  return succeeded;
}

/** The first line that says what came of all files. */
function isSummary({ type, data }: Event): boolean {
  return type === 'test:diagnostic' && data.nesting === 0 && /^tests \d+$/.test(data.message);
}

const args = process.argv.slice(2);
const isStage = (arg: string): arg is StageName => stageNames.some((name) => name === arg);
const named = new Set(args.filter((arg) => !isStage(arg)).map((file) => relative(repository, file)));
const wanted = args.some(isStage) ? args.filter(isStage) : stageNames;
const all = stagesOf(repository);
for (const file of named) {
  if (stageNames.every((name) => !all[name].includes(file))) throw new Error(`${file} is no file of tests`);
}
const skips: Skip[] = [];
const batches = mkdtempSync(join(tmpdir(), 'sheaf-tests-'));

/** Whether every test of a stage passed or was skipped. */
async function runStage(name: StageName, files: readonly string[]): Promise<boolean> {
  const pathsOf = (some: readonly string[]): string[] => some.map((file) => join(repository, file));
  const alone = files.filter((file) => name === 'process' && holdsToTime(repository, file));
  const beside = files.filter((file) => !alone.includes(file));
  let succeeded = true;
  if (beside.length > 0) {
    const cores = availableParallelism();
    process.stdout.write(`${name} tests: ${beside.length} files, ${cores} beside one another\n`);
    // One that was asked for by name has a process of its own, and stands by its name in what is told.
    const isBatched = name === 'unit' && named.size === 0;
    succeeded = await runFiles(isBatched ? writeBatches(pathsOf(beside), batches) : pathsOf(beside), cores, skips);
  }
  if (alone.length > 0) {
    process.stdout.write(`${name} tests that hold something to a time: ${alone.length} files, each by itself\n`);
    succeeded = (await runFiles(pathsOf(alone), 1, skips)) && succeeded;
  }
  return succeeded;
}

for (const name of stageNames.filter((each) => wanted.includes(each))) {
  const files = all[name].filter((file) => named.size === 0 || named.has(file));
  if (await runStage(name, files)) continue;
  process.exitCode = 1;
  break;
}
rmSync(batches, { recursive: true });
