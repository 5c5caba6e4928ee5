/**
 * The leaves of a running `up`: starts more, ends some, and keeps the list that the roots follow. Touches the world:
 * processes, ports, the list, what is remembered.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../shared/clock/clock.ts';
import type { UpConfig } from '../../shared/config/read.ts';
import { SheafError } from '../../shared/errors.ts';
import { askPeer } from '../../shared/transport/outgoing.ts';
import { checkPorts } from './checks.ts';
import { writeLeafFile } from './leaf-file.ts';
import { planLeaf } from './plan.ts';
import type { PlannedProcess } from './planned-process.ts';
import { remember } from './remembered.ts';
import { planScale } from './scale-plan.ts';
import type { Supervisor } from './supervisor.ts';

export interface LeavesOptions {
  /** `data` is an absolute path. */
  readonly config: UpConfig;
  readonly supervisor: Pick<Supervisor, 'retire'>;
  /** Starts a process and keeps it running. */
  readonly launch: (process: PlannedProcess) => void;
  readonly clock: Clock;
}

/** As of a pod, when nothing else is said: how long a leaf that was asked to end may take to hand over. */
const graceMs = 30_000;
const readyMsMax = 120_000;
const pollMs = 50;
const silentMsMax = 1000;

export class Leaves {
  private readonly options: LeavesOptions;
  private readonly running = new Map<number, PlannedProcess>();
  private scaling: number | null = null;

  constructor(options: LeavesOptions) {
    this.options = options;
    const { config } = options;
    for (let ordinal = 0; ordinal < config.leaves; ordinal++) this.running.set(ordinal, planLeaf(config, ordinal));
    this.list();
  }

  get names(): string[] {
    return Array.from(this.running.values(), ({ name }) => name);
  }

  /**
   * Makes the leaves be as many as wanted, and resolves when those that were started are ready and the others have ended.
   * @param say one line of progress
   * @throws SheafError SCALING while another change is under way, CONFIG_INVALID where ports run out, PORT_IN_USE;
   *   NOT_READY when a leaf that was started is not ready in time: it runs on
   */
  async scale(wanted: number, say: (line: string) => void, stop: AbortSignal): Promise<void> {
    if (this.scaling !== null) throw new SheafError('SCALING', { detail: { leaves: this.scaling } });
    this.scaling = wanted;
    try {
      const { start, end } = planScale([...this.running.keys()], wanted);
      if (start.length + end.length === 0) say(`${count(wanted)} already`);
      await Promise.all([this.start(start, say, stop), ...end.map((ordinal) => this.end(ordinal, say))]);
    } finally {
      this.scaling = null;
    }
  }

  /** All at once: the leaves do not wait for one another. */
  private async start(ordinals: readonly number[], say: (line: string) => void, stop: AbortSignal): Promise<void> {
    const { config, launch } = this.options;
    const leaves = ordinals.map((ordinal) => planLeaf(config, ordinal));
    const { port = 0 } = leaves.at(-1) ?? {};
    if (port > 65_535) throw new SheafError('CONFIG_INVALID', { detail: { reason: 'no port is left', port } });
    await checkPorts(leaves);
    ordinals.forEach((ordinal, i) => this.running.set(ordinal, leaves[i]!));
    for (const leaf of leaves) launch(leaf);
    this.list();
    await Promise.all(leaves.map((leaf) => this.untilReady(leaf, say, stop)));
  }

  /** Off the list first, then asked to end: as when a pod is deleted. */
  private async end(ordinal: number, say: (line: string) => void): Promise<void> {
    const { supervisor, clock } = this.options;
    const { name } = this.running.get(ordinal)!;
    this.running.delete(ordinal);
    this.list();
    const startedAt = clock.now();
    say(`${name} is asked to end`);
    const killed = await supervisor.retire(name, graceMs);
    const took = `${((clock.now() - startedAt) / 1000).toFixed(1)} s`;
    say(killed ? `${name} was killed: it had not ended after ${took}` : `${name} has ended after ${took}`);
  }

  private async untilReady(leaf: PlannedProcess, say: (line: string) => void, stop: AbortSignal): Promise<void> {
    const { clock } = this.options;
    const startedAt = clock.now();
    say(`${leaf.name} is started`);
    while (!(await isReady(leaf))) {
      if (stop.aborted) throw new SheafError('NOT_READY', { detail: { leaf: leaf.name, reason: 'the cluster stops' } });
      const waitedMs = clock.now() - startedAt;
      if (waitedMs > readyMsMax) throw new SheafError('NOT_READY', { detail: { leaf: leaf.name, waitedMs } });
      await sleep(pollMs);
    }
    say(`${leaf.name} is ready after ${((clock.now() - startedAt) / 1000).toFixed(1)} s`);
  }

  private list(): void {
    const { data, roots } = this.options.config;
    writeLeafFile(data, [...this.running.values()]);
    remember(data, { leaves: this.running.size, roots });
  }
}

async function isReady(leaf: PlannedProcess): Promise<boolean> {
  try {
    const { statusCode, body } = await askPeer(leaf, {
      method: 'GET',
      path: '/v1/health/ready',
      silentMs: silentMsMax,
      // Everybody may ask that.
      secret: undefined,
    });
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  }
}

function count(leaves: number): string {
  return leaves === 1 ? '1 leaf' : `${leaves} leaves`;
}
