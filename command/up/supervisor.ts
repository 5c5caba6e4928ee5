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
  /** Asked to end for good, while the others go on. */
  retired: boolean;
}

function unborn(command: ChildCommand): Supervised {
  const nothing = { child: null, timer: undefined, onExit: undefined };
  return { ...nothing, command, startedAt: 0, wasReady: false, delayMs: 0, retired: false };
}

/** A child that has not ended this long after it was asked to is killed. */
const stopMsMax = 10_000;

export class Supervisor {
  private readonly options: SupervisorOptions;
  private readonly supervised: Supervised[];
  private readonly waiting = new Set<() => void>();
  private stopping = false;

  constructor(commands: readonly ChildCommand[], options: SupervisorOptions) {
    this.options = options;
    this.supervised = commands.map(unborn);
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

  /** Starts one more child. One that cannot start does not end the others; it is tried again. */
  add(command: ChildCommand): void {
    if (this.stopping) return;
    const one = { ...unborn(command), wasReady: true };
    this.supervised.push(one);
    this.launch(one);
    this.report();
  }

  /**
   * Asks a child to end, and does not start it again. Resolves when it has.
   * @param graceMs after which it is killed
   * @returns whether it had to be
   */
  async retire(name: string, graceMs: number): Promise<boolean> {
    const index = this.supervised.findIndex((one) => one.command.name === name);
    const one = this.supervised[index];
    if (one === undefined) return false;
    one.retired = true;
    clearTimeout(one.timer);
    const killed = await this.end(one, graceMs);
    this.supervised.splice(this.supervised.indexOf(one), 1);
    this.report();
    return killed;
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
    if (this.stopping || one.retired) return;
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

  private async end(one: Supervised, graceMs = stopMsMax): Promise<boolean> {
    const { child } = one;
    if (child === null) return false;
    let killed = false;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => (killed = child.kill('SIGKILL')), graceMs);
      const before = one.onExit;
      one.onExit = () => {
        clearTimeout(timer);
        before?.();
        resolve();
      };
      child.kill('SIGTERM');
    });
    return killed;
  }

  private report(): void {
    const running = this.supervised.flatMap(({ command, child }) => {
      return child?.pid === undefined ? [] : [[command.name, child.pid] as const];
    });
    this.options.onProcesses(Object.fromEntries(running));
  }
}
