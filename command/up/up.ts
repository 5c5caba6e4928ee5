/** `sheaf up`: all processes of a cluster on this machine, kept running until it is asked to stop. */
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../shared/clock/clock.ts';
import { readConfig, type UpConfig } from '../../shared/config/read.ts';
import { lockFolder, makeWritable } from '../../shared/data-folder/lock.ts';
import { makeSecret, readSecret } from '../../shared/secret/secret-file.ts';
import { RootClient } from '../client/client.ts';
import { demoInvitation, loadDemo } from '../demo/demo.ts';
import type { CommandFailure } from '../failure.ts';
import type { Output } from '../load/progress.ts';
import { checkPorts } from './checks.ts';
import type { ChildCommand } from './child.ts';
import { openControl } from './control.ts';
import { tellFilling } from './filling.ts';
import { invitation } from './invitation.ts';
import { Leaves } from './leaves.ts';
import { planProcesses, startingLine, urlOf } from './plan.ts';
import type { PlannedProcess } from './planned-process.ts';
import { isAlive, readProcessIds, removeProcessIds, writeProcessIds } from './process-table.ts';
import { changeSince, readRemembered, type Remembered } from './remembered.ts';
import { Supervisor } from './supervisor.ts';
import { orWhoAnswers } from './who-answers.ts';

export interface UpWorld {
  readonly output: Output;
  readonly clock: Clock;
  readonly random: () => number;
  /** Resolves when the user wants it to end. */
  readonly stopped: Promise<unknown>;
  /** What to do at once when the user does not want to wait; set here. */
  readonly onImpatience: (act: () => void) => void;
}

/** Children of an `up` that was killed end by themselves; a start right after it waits for them this long. */
const formerMsMax = 10_000;
const pollMs = 50;
const stillWaitingMs = 15_000;
const fillingMs = 5000;

/**
 * Runs until `stopped`, then ends every process it started.
 * @param last what there was when an `up` ran with the folder before
 * @returns exit code
 * @throws SheafError SECRET_UNREADABLE, DATA_NOT_WRITABLE, DATA_IN_USE or PORT_IN_USE before anything is started; CommandFailure when
 * a cluster is what uses them, or a process cannot start
 */
export async function up(config: UpConfig, world: UpWorld, last?: Remembered): Promise<number> {
  const data = resolve(config.data);
  const secretFile = config.secretFile === undefined ? join(data, 'secret') : resolve(config.secretFile);
  const here = { ...config, data, secretFile };
  const telemetry = join(data, 'telemetry');
  const lock = await orWhoAnswers(here, async () => lockFolder(data, 'up.lock'));
  try {
    makeWritable(telemetry);
    if (config.secretFile === undefined) makeSecret(secretFile);
    readSecret(secretFile);
    const processes = planProcesses(here);
    await formerEnded(data, world.clock);
    await orWhoAnswers(here, () => checkPorts(processes));
    const change = changeSince(last, config.leaves);
    if (change !== undefined) world.output.write(`${change}\n`);
    return await run(here, { processes, telemetry, data }, world);
  } finally {
    lock.release();
  }
}

/**
 * The configuration of an `up`: what was told before in its data folder takes the place of defaults.
 * @param cores of the machine
 * @throws SheafError CONFIG_INVALID
 */
export function readUpConfig(flags: Texts, environment: Texts, cores: number) {
  const { data } = readConfig('up', flags, environment, { cores });
  const last = readRemembered(resolve(data));
  const remembered = last === undefined ? {} : { leaves: String(last.leaves), roots: String(last.roots) };
  return { config: readConfig('up', flags, environment, { cores, remembered }), last };
}

type Texts = Readonly<Record<string, string | undefined>>;

interface Prepared {
  readonly processes: readonly PlannedProcess[];
  readonly telemetry: string;
  readonly data: string;
}

async function run(config: UpConfig, { processes, telemetry, data }: Prepared, world: UpWorld): Promise<number> {
  const say = (line: string): void => void world.output.write(`${line}\n`);
  const fatal = Promise.withResolvers<CommandFailure>();
  const supervisor = new Supervisor(
    processes.map(({ name, args }) => childCommand(name, args, telemetry)),
    {
      clock: world.clock,
      say,
      onProcesses: (ids) => writeProcessIds(data, ids),
      onFatal: fatal.resolve,
    },
  );
  world.onImpatience(() => supervisor.kill());
  const ending = new AbortController();
  const stop = ending.signal;
  const leaves = new Leaves({
    config,
    supervisor,
    clock: world.clock,
    launch: ({ name, args }) => supervisor.add(childCommand(name, args, telemetry)),
  });
  const roots = processes.filter(({ role }) => role === 'root').map(urlOf);
  const control = await openControl(data, roots[0]!, (wanted, tell) => {
    const tellAll = (line: string): void => {
      say(line);
      tell(line);
    };
    return leaves.scale(wanted, tellAll, stop);
  });
  say(startingLine(config));
  const starting = startInOrder(supervisor, processes, stop, say);
  try {
    const serving = starting
      .then(() => serve(config, roots, { ...world, stop, telemetry }, say))
      .then(() => new Promise<never>(() => undefined));
    const failure = await Promise.race([fatal.promise, world.stopped.then(() => undefined), serving]);
    if (failure !== undefined) throw failure;
    say('Stopping.');
    return 0;
  } finally {
    ending.abort();
    control.close();
    await supervisor.stop(stopOrder(processes, leaves.names));
    removeProcessIds(data);
  }
}

/**
 * The log first, where it is started here, and the others once it serves: a leaf can then tell at its start whether the log is
 * the one it was filled from. Resolves when every process says that it serves.
 */
async function startInOrder(
  supervisor: Supervisor,
  processes: readonly PlannedProcess[],
  stop: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  const logs = processes.filter(({ role }) => role === 'log').map(({ name }) => name);
  const others = processes.filter(({ role }) => role !== 'log').map(({ name }) => name);
  supervisor.start(logs);
  const waiting = setInterval(() => say('Still waiting for the log: it reads all that it has stored'), stillWaitingMs);
  stop.addEventListener('abort', () => clearInterval(waiting));
  await supervisor.ready(logs);
  clearInterval(waiting);
  if (stop.aborted) return;
  supervisor.start(others);
  await supervisor.ready(others);
}

/** The root first, so that nothing is asked any more; the log last, so that what was taken can be written. */
function stopOrder(processes: readonly PlannedProcess[], leaves: readonly string[]): string[][] {
  const of = (role: PlannedProcess['role']) => processes.filter((one) => one.role === role).map((one) => one.name);
  return [of('root'), [...new Set([...leaves, ...of('leaf')])], of('log')];
}

function childCommand(name: string, args: readonly string[], telemetry: string): ChildCommand {
  const script = fileURLToPath(new URL('../../sheaf.ts', import.meta.url));
  return { name, executable: process.execPath, args: [script, ...args], telemetry };
}

type Say = (line: string) => void;
type ServeWorld = UpWorld & { readonly stop: AbortSignal; readonly telemetry: string };

/** Waits until the roots answer, loads the demo where it is asked for, and says where to ask. */
async function serve(config: UpConfig, urls: readonly string[], world: ServeWorld, say: Say): Promise<void> {
  const url = urls[0]!;
  try {
    await Promise.all(urls.map((each) => untilReady(each, world, say)));
    if (world.stop.aborted) return;
    say(`Ready: ${urls.join(' ')}`);
    // Nothing waits for it: a cluster that is filling answers with what it has.
    void tellFilling(url, { ...world, say, everyMs: fillingMs });
    if (config.demo) {
      await loadDemo({ ...world, url });
      if (world.stop.aborted) return;
      for (const line of demoInvitation(url)) say(line);
    }
    for (const line of invitation(url, world.telemetry)) say(line);
  } catch (error) {
    // What was under way when the end came fails; that is no news.
    if (!world.stop.aborted) throw error;
  }
}

async function untilReady(url: string, world: ServeWorld, say: (line: string) => void): Promise<void> {
  const client = new RootClient(url);
  let saidAt = world.clock.now();
  try {
    while (!world.stop.aborted) {
      const reason = await notReadyBecause(client);
      if (reason === undefined) return;
      if (world.clock.now() - saidAt > stillWaitingMs) {
        saidAt = world.clock.now();
        say(`Still waiting for the root to be ready: ${reason}`);
      }
      await sleep(pollMs);
    }
  } finally {
    await client.close();
  }
}

async function notReadyBecause(client: RootClient): Promise<string | undefined> {
  try {
    await client.ask({ method: 'GET', path: '/v1/health/ready' });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function formerEnded(data: string, clock: Clock): Promise<void> {
  const former = Object.values(readProcessIds(data));
  const startedAt = clock.now();
  while (former.some(isAlive) && clock.now() - startedAt < formerMsMax) await sleep(pollMs);
}
