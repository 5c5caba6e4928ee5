/** Where the processes of a service spent their time, from the CPU profiles that V8 writes when they end. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Table } from '../report/table.ts';

/** The environment that makes every process of the service write a profile of each of its threads into the folder. */
export function profileEnvironment(folder: string): Record<string, string> {
  return { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder} --cpu-prof-interval=1000` };
}

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

/** Microseconds on the monotonic clock of the machine, which all processes and their profiles share. */
export interface TimeWindow {
  readonly fromUs: number;
  readonly untilUs: number;
}

export function machineTimeUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

/** The parts of a .cpuprofile that are read here. */
export interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[];
  /** Microseconds on the monotonic clock of the machine. */
  readonly startTime: number;
  /** The node on top of the stack at each sample. */
  readonly samples: readonly number[];
  /** Microseconds since the sample before, or the start. */
  readonly timeDeltas: readonly number[];
}

/** Milliseconds within the window by function and the line it begins on, without what V8 calls idle. Pure. */
export function selfTimes(profile: CpuProfile, { fromUs, untilUs }: TimeWindow): Map<string, number> {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  let atUs = profile.startTime;
  profile.samples.forEach((id, at) => {
    const deltaUs = profile.timeDeltas[at] ?? 0;
    atUs += deltaUs;
    const name = names.get(id) ?? '?';
    if (name === '(idle)' || atUs < fromUs || atUs > untilUs) return;
    times.set(name, (times.get(name) ?? 0) + deltaUs / 1000);
  });
  return times;
}

const repository = fileURLToPath(new URL('../..', import.meta.url));

function nameOf({ functionName, url, lineNumber }: CallFrame): string {
  const name = functionName === '' ? '(anonymous)' : functionName;
  if (url === '') return name;
  const path = url.replace(/^file:\/\//, '').replace(repository, '');
  return `${name} ${path}:${lineNumber + 1}`;
}

const rowsMax = 15;

/** One table a thread: what it did within the window, the busiest functions first; the file names hold the process id and the thread id. */
export function profileTables(folder: string, names: Readonly<Record<string, number>>, window: TimeWindow): Table[] {
  return globSync(join(folder, '*.cpuprofile'))
    .sort()
    .flatMap((path) => {
      const [, pid = '', thread = ''] = /\.(\d+)\.(\d+)\.\d+\.cpuprofile$/.exec(basename(path)) ?? [];
      const name = Object.entries(names).find(([, id]) => id === Number(pid))?.[0];
      if (name === undefined) return [];
      const times = selfTimes(JSON.parse(readFileSync(path, 'utf8')) as CpuProfile, window);
      return times.size === 0 ? [] : [tableOfTimes(`${name}, thread ${thread}`, times)];
    });
}

/** The busiest functions first. */
export function tableOfTimes(title: string, times: ReadonlyMap<string, number>): Table {
  const total = [...times.values()].reduce((sum, ms) => sum + ms, 0);
  const rows = [...times].sort((a, b) => b[1] - a[1]).slice(0, rowsMax);
  return {
    title: `Profile of ${title}: ${Math.round(total).toLocaleString('en-US')} ms`,
    columns: ['self ms', 'share %', 'function'],
    rows: rows.map(([name, ms]) => [ms, (100 * ms) / total, name]),
  };
}
