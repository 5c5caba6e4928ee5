/** Keeps the processes of a cluster running until it is stopped. Touches the world: processes and timers. */
import type { ChildProcess } from 'node:child_process';
import type { Clock } from '../../shared/clock/clock.ts';
import { CommandFailure } from '../failure.ts';
import { restartDelayMs } from './backoff.ts';
import { startChild, type ChildCommand } from './child.ts';

export interface SupervisorOptions {
  readonly clock: Clock;
  /** One line for the user. */
  readonly say: (line: string) => void;
  /** The ids of the processes that run, by name, whenever they change. */
  readonly onProcesses: (ids: Readonly<Record<string, number>>) => void;
  /** A child cannot start, so that the cluster cannot: called once. */
  readonly onFatal: (failure: CommandFailure) => void;
}

interface Supervised {
  readonly command: ChildCommand;
  child: ChildProcess | null;
  startedAt: number;
  /** Whether the child said, in its life now or in one before, that it serves. */
  wasReady: boolean;
  delayMs: number;
  timer: NodeJS.Timeout | undefined;
  onExit: (() => void) | undefined;
}

/** A child that has not ended this long after it was asked to is killed. */
const stopMsMax = 10_000;

export class Supervisor {
  private readonly options: SupervisorOptions;
  private readonly supervised: readonly Supervised[];
  private readonly waiting = new Set<() => void>();
  private stopping = false;

  constructor(commands: readonly ChildCommand[], options: SupervisorOptions) {
    this.options = options;
    this.supervised = commands.map((command) => {
      return { command, child: null, startedAt: 0, wasReady: false, delayMs: 0, timer: undefined, onExit: undefined };
    });
  }

  /** Starts the children of these names; without names all. */
  start(names?: readonly string[]): void {
    for (const one of this.supervised) if (names?.includes(one.command.name) !== false) this.launch(one);
    this.report();
  }

  /** Resolves when each of these children has said that it serves. */
  async ready(names: readonly string[]): Promise<void> {
    const members = this.supervised.filter((one) => names.includes(one.command.name));
    while (members.some((one) => !one.wasReady)) {
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  /** Ends the children one group after the other; a group ends when its last child has. */
  async stop(groups: readonly (readonly string[])[]): Promise<void> {
    this.stopping = true;
    for (const one of this.supervised) clearTimeout(one.timer);
    for (const group of groups) {
      const members = this.supervised.filter((one) => group.includes(one.command.name));
      await Promise.all(members.map((one) => this.end(one)));
    }
  }

  /** Ends all children at once, without asking. */
  kill(): void {
    this.stopping = true;
    for (const one of this.supervised) {
      clearTimeout(one.timer);
      one.child?.kill('SIGKILL');
    }
  }

  private launch(one: Supervised): void {
    one.startedAt = this.options.clock.now();
    one.child = startChild(one.command, {
      onReady: () => {
        one.wasReady = true;
        for (const resolve of this.waiting) resolve();
        this.waiting.clear();
      },
      onExit: (code, signal, line) => this.ended(one, signal ?? `code ${code}`, code === 1 ? line : undefined, code),
    });
  }

  private ended(one: Supervised, how: string, line: string | undefined, code: number | null): void {
    one.child = null;
    this.report();
    one.onExit?.();
    if (this.stopping) return;
    if (code === 1 && !one.wasReady) {
      this.stopping = true;
      const where = `see ${one.command.telemetry}/${one.command.name}.ndjson`;
      this.options.onFatal(new CommandFailure(line ?? `${one.command.name} could not start; ${where}`));
      return;
    }
    one.delayMs = restartDelayMs(one.delayMs, this.options.clock.now() - one.startedAt);
    this.options.say(`${one.command.name} ended (${how}); starting it again in ${one.delayMs} ms`);
    one.timer = setTimeout(() => {
      this.launch(one);
      this.report();
    }, one.delayMs);
  }

  private async end(one: Supervised): Promise<void> {
    const { child } = one;
    if (child === null) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), stopMsMax);
      one.onExit = () => {
        clearTimeout(timer);
        resolve();
      };
      child.kill('SIGTERM');
    });
  }

  private report(): void {
    const running = this.supervised.flatMap(({ command, child }) => {
      return child?.pid === undefined ? [] : [[command.name, child.pid] as const];
    });
    this.options.onProcesses(Object.fromEntries(running));
  }
}
