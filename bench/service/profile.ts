/** Where the processes of a service spent their time, from the CPU profiles that V8 writes when they end. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Table } from '../report/table.ts';

/** The environment that makes every process of the service write a profile of each of its threads into the folder. */
export function profileEnvironment(folder: string): Record<string, string> {
  return { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder} --cpu-prof-interval=500` };
}

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

/** The parts of a .cpuprofile that are read here. */
export interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[];
  /** The node on top of the stack at each sample. */
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
}

/** Milliseconds by function and the line it begins on, without what V8 calls idle. Pure. */
export function selfTimes(profile: CpuProfile): Map<string, number> {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  profile.samples.forEach((id, at) => {
    const name = names.get(id) ?? '?';
    if (name !== '(idle)') times.set(name, (times.get(name) ?? 0) + (profile.timeDeltas[at] ?? 0) / 1000);
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

/** One table a thread, the busiest functions first; the file names hold the process id and the thread id. */
export function profileTables(folder: string, names: Readonly<Record<string, number>>): Table[] {
  return globSync(join(folder, '*.cpuprofile'))
    .sort()
    .flatMap((path) => {
      const [, pid = '', thread = ''] = /\.(\d+)\.(\d+)\.\d+\.cpuprofile$/.exec(basename(path)) ?? [];
      const name = Object.entries(names).find(([, id]) => id === Number(pid))?.[0];
      if (name === undefined) return [];
      const times = selfTimes(JSON.parse(readFileSync(path, 'utf8')) as CpuProfile);
      return [tableOf(`${name}, thread ${thread}`, times)];
    });
}

function tableOf(title: string, times: ReadonlyMap<string, number>): Table {
  const total = [...times.values()].reduce((sum, ms) => sum + ms, 0);
  const rows = [...times].sort((a, b) => b[1] - a[1]).slice(0, rowsMax);
  return {
    title: `Profile of ${title}: ${Math.round(total).toLocaleString('en-US')} ms`,
    columns: ['self ms', 'share %', 'function'],
    rows: rows.map(([name, ms]) => [ms, (100 * ms) / total, name]),
  };
}
