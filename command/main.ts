/** Runs the command line. Touches the world: everything the commands are given comes from here. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { CommanderError } from 'commander';
import { systemClock } from '../shared/clock/clock.ts';
import { readConfig } from '../shared/config/read.ts';
import type { Role } from '../shared/config/table.ts';
import { AnswerError } from './client/answer-error.ts';
import { failureLine } from './failure.ts';
import { maskOf } from './mask.ts';
import { createProgram } from './program.ts';
import { untilStopped } from './process/stop-signal.ts';

type Texts = Readonly<Record<string, string>>;

/** Runs what the arguments say. @returns exit code */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const mask = maskOf(args, process.env);
  const program = createProgram(
    readVersion(),
    async (role, flags, operands) => (exitCode = await run(role, flags, operands)),
    (text) => void process.stderr.write(mask(text)),
  );
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    // A program that reads JSON reads the error as JSON.
    const line = error instanceof AnswerError && args.includes('--json') ? error.body.trimEnd() : failureLine(error);
    process.stderr.write(`${mask(line ?? stackOf(error))}\n`);
    return error instanceof Error && 'exitCode' in error ? Number(error.exitCode) : 1;
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error && error.stack !== undefined ? error.stack : String(error);
}

function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** Each command is loaded only when it runs, so that `--help` and the single processes start fast. */
async function run(role: Role, flags: Texts, operands: readonly string[]): Promise<number> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const [first = '', second = '', third = ''] = operands;
  switch (role) {
    case 'root':
    case 'leaf':
    case 'log':
      return (await import('./process/role.ts')).runRole(role, flags, process.env);
    case 'up':
      return await runUp(flags);
    case 'scale':
      return (await import('./scale/scale.ts')).scale(readConfig(role, flags, process.env), systemClock, say);
    case 'load':
      return await runLoad(flags, first, second);
    case 'index':
      return (await import('./indexes/index.ts')).index(readConfig(role, flags, process.env), first, say);
    case 'alias': {
      const config = readConfig(role, flags, process.env);
      if (first === 'rollover' && second !== '') {
        return await (await import('./indexes/roll-alias.ts')).rollAlias(config, second, say);
      }
      return await (await import('./indexes/alias.ts')).alias(config, first, second, say);
    }
    case 'template': {
      const { template } = await import('./indexes/template.ts');
      const config = readConfig(role, flags, process.env);
      return await template(config, { action: first, name: second, file: third }, say);
    }
    case 'get':
      return (await import('./documents/get.ts')).get(readConfig(role, flags, process.env), first, second, say);
    case 'put': {
      const { put } = await import('./documents/put.ts');
      const world = { stdin: process.stdin, say };
      return await put(readConfig(role, flags, process.env), { index: first, key: second }, third, world);
    }
    case 'delete': {
      const { remove } = await import('./documents/put.ts');
      return await remove(readConfig(role, flags, process.env), { index: first, key: second }, say);
    }
    case 'count':
      return (await import('./search/count.ts')).count(readConfig(role, flags, process.env), first, second, say);
    case 'analyze':
      return (await import('./indexes/analyze.ts')).analyze(readConfig(role, flags, process.env), first, second, say);
    case 'jobs':
      return (await import('./jobs/jobs.ts')).jobs(readConfig(role, flags, process.env), first, second, say);
    case 'source': {
      const { source } = await import('./sources/source.ts');
      const config = readConfig(role, flags, process.env);
      return await source(config, { action: first, name: second, file: third }, say);
    }
    case 'reindex':
      return (await import('./reindex/reindex.ts')).reindex(readConfig(role, flags, process.env), first, say);
    case 'snapshot': {
      const { snapshot } = await import('./snapshots/snapshot.ts');
      return await snapshot(readConfig(role, flags, process.env), first, Date.now(), say);
    }
    case 'snapshots':
      return (await import('./snapshots/snapshot.ts')).snapshots(readConfig(role, flags, process.env), first, say);
    case 'restore':
      return (await import('./restore/restore.ts')).restore(readConfig(role, flags, process.env), first, say);
    case 'search':
      return (await import('./search/search.ts')).search(readConfig(role, flags, process.env), first, second, say);
    case 'export':
      return (await import('./export/export.ts')).exportRows(readConfig(role, flags, process.env), first, say);
    case 'entry':
      return (await import('./entry/entry.ts')).entry(
        readConfig(role, flags, process.env),
        process.env,
        first,
        second,
        say,
      );
    case 'cluster':
      return (await import('./cluster/cluster.ts')).cluster(readConfig(role, flags, process.env), say);
  }
}

async function runUp(flags: Texts): Promise<number> {
  const { readUpConfig, up } = await import('./up/up.ts');
  const { config, last } = readUpConfig(flags, process.env, availableParallelism());
  let actAtOnce = (): void => undefined;
  const stopped = untilStopped(systemClock, () => {
    actAtOnce();
    process.exit(130);
  });
  const onImpatience = (act: () => void): void => {
    actAtOnce = act;
  };
  const world = { output: process.stdout, clock: systemClock, random: Math.random, stopped, onImpatience };
  return await up(config, world, last);
}

async function runLoad(flags: Texts, index: string, file: string): Promise<number> {
  const config = readConfig('load', flags, process.env);
  const { load } = await import('./load/load.ts');
  const stop = new AbortController();
  void untilStopped(systemClock, () => process.exit(130)).then(() => stop.abort());
  const world = { stdin: process.stdin, output: process.stdout, clock: systemClock, random: Math.random };
  return await load(config, index, file, { ...world, stop: stop.signal });
}
