/**
 * Whether tests find a mutation: in a copy of the tree, never in place. Touches the world: files and processes.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Coverage } from './coverage.ts';
import { simulation, type Finder, type FindersOf } from './finders.ts';
import { groundFiles, readSource, repository } from './ground.ts';
import type { FinderRecord } from './record.ts';
import { mutate, type Mutation } from './rules.ts';
import { run, type Ended } from './run.ts';

export const kills = ['by their own tests', 'by other tests', 'by the simulation'] as const;
export type Kill = (typeof kills)[number];

export type Verdict =
  | { readonly kill: Kill; readonly by: string }
  /** Whether anything that looked for it went through its place. */
  | { readonly kill: null; readonly isRun: boolean };

/** A finder without any mutation: it passes. */
export interface Sound {
  readonly tookMs: number;
  readonly silenceMs: number;
  readonly coverage: Coverage;
}

export interface TrialOptions {
  readonly findersOf: FindersOf;
  readonly record: FinderRecord;
  /** By the name of a finder; null of one that fails without any mutation, and so is of no use here. Shared by all trials. */
  readonly sound: Map<string, Promise<Sound | null>>;
  readonly seeds: number;
  /** Ends whatever runs. */
  readonly signal: AbortSignal;
}

const left = new Set(['.git', 'node_modules', 'data']);
/** What writes nothing for so many times as long as without a mutation, and this besides, does not end by itself. */
const patience = 4;
const patienceMs = 5000;
/** Without a mutation, on a machine that is busy. */
const soundSilenceMsMax = 300_000;

export class Trial {
  private readonly options: TrialOptions;
  private readonly place = mkdtempSync(join(tmpdir(), 'sheaf-mutants-'));
  private readonly tree = join(this.place, 'tree');
  /** What tests that are ended leave behind. */
  private readonly temporary = join(this.place, 'tmp');
  private lastRun = 0;

  constructor(options: TrialOptions) {
    this.options = options;
    mkdirSync(this.temporary);
    cpSync(repository, this.tree, { recursive: true, filter: (path) => !left.has(basename(path)) });
    symlinkSync(join(repository, 'node_modules'), join(this.tree, 'node_modules'));
  }

  async judge(mutation: Mutation): Promise<Verdict> {
    const { record, findersOf } = this.options;
    let isRun = false;
    for (const { finder, isOwn } of record.sort(mutation.file, findersOf(mutation.file))) {
      const sound = await this.soundOf(finder);
      if (sound?.coverage.has(mutation.file, mutation.start) !== true) continue;
      isRun = true;
      const isFound = await this.isFoundBy(finder, mutation, patienceMs + patience * sound.silenceMs);
      record.note(mutation.file, finder.name, isFound);
      const kill = finder === simulation ? 'by the simulation' : isOwn ? 'by their own tests' : 'by other tests';
      if (isFound) return { kill, by: finder.name };
    }
    return { kill: null, isRun };
  }

  close(): void {
    rmSync(this.place, { recursive: true, force: true });
  }

  private async soundOf(finder: Finder): Promise<Sound | null> {
    const { sound } = this.options;
    const known = sound.get(finder.name);
    if (known !== undefined) return await known;
    const measured = this.measure(finder);
    sound.set(finder.name, measured);
    return await measured;
  }

  /** A machine that is busy can fail a test once. */
  private async measure(finder: Finder): Promise<Sound | null> {
    const sound = (await this.measureOnce(finder)) ?? (await this.measureOnce(finder));
    if (sound !== null) this.options.record.noteTime(finder.name, sound.tookMs);
    return sound;
  }

  private async measureOnce(finder: Finder): Promise<Sound | null> {
    const folder = join(this.place, `coverage-${++this.lastRun}`);
    mkdirSync(folder);
    try {
      const { passed, tookMs, silenceMs } = await this.start(finder, soundSilenceMsMax, { NODE_V8_COVERAGE: folder });
      if (!passed) return null;
      const ground = new Set(groundFiles());
      return { tookMs, silenceMs, coverage: new Coverage(folder, this.tree, (file) => ground.has(file)) };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  private async isFoundBy(finder: Finder, mutation: Mutation, silenceMsMax: number): Promise<boolean> {
    const source = readSource(mutation.file);
    const path = join(this.tree, mutation.file);
    writeFileSync(path, mutate(source, mutation));
    try {
      // With what was compiled before: most of a short test is loading sources.
      const env = { NODE_COMPILE_CACHE: join(this.place, 'compiled') };
      const first = await this.start(finder, silenceMsMax, env);
      if (first.passed) return false;
      // The last that it tried.
      if (finder === simulation) this.options.record.noteSeed(Number(first.output.trim().split('\n').at(-1)));
      if (!finder.isOfTime && !first.endedForSilence) return true;
      return !(await this.start(finder, silenceMsMax, env)).passed;
    } finally {
      writeFileSync(path, source);
    }
  }

  private async start(finder: Finder, silenceMsMax: number, env: Readonly<Record<string, string>>): Promise<Ended> {
    const { record, seeds, signal } = this.options;
    const args =
      finder === simulation
        ? ['tests/mutants/seeds.ts', ...record.orderSeeds(seeds).map(String)]
        : ['--test', '--test-isolation=none', '--test-reporter=./tests/mutants/first-failure.ts', finder.name];
    const options = { cwd: this.tree, silenceMsMax, signal, env: { ...env, TMPDIR: this.temporary } };
    return await run(args, options);
  }
}
