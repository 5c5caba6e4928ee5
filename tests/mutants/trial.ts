/**
 * Whether tests find a mutation: in a copy of the tree, never in place. Touches the world: files and processes.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { readSource, repository, type Tests } from './ground.ts';
import { mutate, type Mutation } from './rules.ts';

/** How it was found; null where it was not. */
export type Kill = 'by its own tests' | 'by other tests' | 'by the simulation' | null;

export interface TrialOptions {
  readonly tests: Tests;
  readonly seeds: number;
  /** Ends whatever runs. */
  readonly signal: AbortSignal;
}

const left = new Set(['.git', 'node_modules', 'data']);
/** Tests that take longer without a mutation are not fast. */
const testMsMax = 120_000;
/** What takes so many times as long as without a mutation, and this besides, goes round in circles. */
const patience = 5;
const patienceMs = 10_000;
/** A seed takes a third of a second, and more where much else is done. */
const seedMsMax = 3000;

interface Sound {
  readonly tests: readonly string[];
  readonly tookMs: number;
}

export class Trial {
  private readonly options: TrialOptions;
  private readonly folder = mkdtempSync(join(tmpdir(), 'sheaf-mutants-'));
  /** By some tests: those of them that pass without any mutation; others are of no use here. */
  private readonly sound = new Map<string, Sound>();

  constructor(options: TrialOptions) {
    this.options = options;
    cpSync(repository, this.folder, { recursive: true, filter: (path) => !left.has(basename(path)) });
    symlinkSync(join(repository, 'node_modules'), join(this.folder, 'node_modules'));
  }

  async judge(mutation: Mutation): Promise<Kill> {
    const { tests, seeds } = this.options;
    const [own, ...others] = tests.of(mutation.file);
    if (own !== undefined && (await this.isFound(mutation, [own]))) return 'by its own tests';
    if (await this.isFound(mutation, others)) return 'by other tests';
    if (!tests.isSimulated(mutation.file) || seeds === 0) return null;
    const script = ['tests/simulation/main.ts', '--first', '--clusters', String(seeds)];
    return (await this.with(mutation, () => this.run(script, seeds * seedMsMax))) ? null : 'by the simulation';
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async isFound(mutation: Mutation, tests: readonly string[]): Promise<boolean> {
    const sound = await this.soundOf(tests);
    return !(await this.with(mutation, () => this.pass(sound.tests, patienceMs + patience * sound.tookMs)));
  }

  /** Those of some tests that pass without any mutation. */
  private async soundOf(tests: readonly string[]): Promise<Sound> {
    const key = tests.join();
    const known = this.sound.get(key);
    if (known !== undefined) return known;
    const startedAt = performance.now();
    const areSound = await this.pass(tests, testMsMax);
    const tookMs = Math.ceil(performance.now() - startedAt);
    const sound = { tests: areSound ? tests : await this.passing(tests), tookMs };
    this.sound.set(key, sound);
    return sound;
  }

  private async passing(tests: readonly string[]): Promise<readonly string[]> {
    const passing: string[] = [];
    for (const test of tests) if (await this.pass([test], testMsMax)) passing.push(test);
    return passing;
  }

  private async with<T>(mutation: Mutation, run: () => Promise<T>): Promise<T> {
    const source = readSource(mutation.file);
    const path = join(this.folder, mutation.file);
    writeFileSync(path, mutate(source, mutation));
    try {
      return await run();
    } finally {
      writeFileSync(path, source);
    }
  }

  private async pass(tests: readonly string[], timeoutMs: number): Promise<boolean> {
    return tests.length === 0 || (await this.run(['--test', '--test-isolation=none', ...tests], timeoutMs));
  }

  /** Whether the process ends well, in time. */
  private run(args: readonly string[], timeout: number): Promise<boolean> {
    const { signal } = this.options;
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, args, {
        cwd: this.folder,
        stdio: 'ignore',
        timeout,
        killSignal: 'SIGKILL',
        signal,
      });
      child.on('error', reject);
      child.on('exit', (code) => resolve(code === 0));
    });
  }
}
