/**
 * Tantivy by its Python wheel, in a process of its own. Touches the world: processes, files; pip brings the wheel into a folder that is no
 * part of the repository.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { ClauseQuery } from '../engine/queries.ts';

const sources = join(import.meta.dirname, 'tantivy');
const cache = join(import.meta.dirname, '../../node_modules/.cache/tantivy');

export interface TantivyIndex {
  readonly version: string;
  /** Without deletions, and with. */
  readonly documents: readonly [number, number];
  readonly segments: readonly [number, number];
}

export interface TantivyAsked {
  readonly queries: readonly ClauseQuery[];
  /** 0: only counted. */
  readonly k: number;
  readonly counted: boolean;
  readonly deleted: boolean;
  /** Whether totals and hits are given back. */
  readonly shown: boolean;
}

export interface TantivyAnswer {
  /** Milliseconds of CPU of all these queries. */
  readonly cpuMs: number;
  readonly totals?: readonly (number | null)[];
  /** Positions of documents in the corpus, best first. */
  readonly hits?: readonly (readonly number[])[];
}

export class Tantivy {
  private readonly process: ChildProcess;
  private readonly answers: AsyncIterator<string>;
  private readonly lines: Interface;

  private constructor(child: ChildProcess) {
    this.process = child;
    this.lines = createInterface({ input: child.stdout! });
    this.answers = this.lines[Symbol.asyncIterator]();
  }

  /** @returns null, having said so and how to come by it, where what runs it is missing */
  static start(): Tantivy | null {
    const python = installed();
    if (python === null) {
      process.stderr.write(
        `\n*** Tantivy is left out. It needs Python 3 with venv and pip, and a way to PyPI: on Debian, apt install python3-venv ***\n\n`,
      );
      return null;
    }
    const child = spawn(python, [join(sources, 'answer.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
    return new Tantivy(child);
  }

  /** @param texts one a document, the terms of each parted by spaces @param deleteEvery every n-th is deleted in the second index */
  async build(texts: readonly string[], deleteEvery: number): Promise<TantivyIndex> {
    const folder = mkdtempSync(join(tmpdir(), 'sheaf-bench-tantivy-'));
    try {
      const path = join(folder, 'texts');
      writeFileSync(path, texts.map((text) => `${text}\n`).join(''));
      return (await this.request({ build: { texts: path, deleteEvery } })) as TantivyIndex;
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  async ask(asked: TantivyAsked): Promise<TantivyAnswer> {
    return (await this.request({ ask: asked })) as TantivyAnswer;
  }

  async stop(): Promise<void> {
    this.lines.close();
    this.process.stdin!.end();
    if (this.process.exitCode === null && this.process.signalCode === null) await once(this.process, 'exit');
  }

  private async request(request: object): Promise<unknown> {
    this.process.stdin!.write(`${JSON.stringify(request)}\n`);
    const answer = await this.answers.next();
    if (answer.done === true) throw new Error('Tantivy has ended: what it said stands above');
    return JSON.parse(answer.value);
  }
}

/** The Python that has the wheel, installed where it is missing or another one; null where it cannot be. */
function installed(): string | null {
  const python = join(cache, 'venv/bin/python');
  // Written when all is there.
  const mark = join(cache, 'whole.txt');
  const requirements = join(sources, 'requirements.txt');
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return python;
  rmSync(cache, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  const steps = [
    ['python3', '-m', 'venv', join(cache, 'venv')],
    [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements],
  ] as const;
  for (const [command, ...args] of steps) {
    if (spawnSync(command, args, { stdio: ['ignore', 2, 2] }).status !== 0) return null;
  }
  writeFileSync(mark, wanted);
  return python;
}
