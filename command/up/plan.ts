/** Which processes `up` starts, and with what settings. Pure. */
import { join } from 'node:path';
import type { UpConfig } from '../../shared/config/read.ts';
import { formatLogSource } from '../../shared/discovery/log-source.ts';
import { settingsOf } from '../../shared/config/table.ts';
import { leafFileOf } from './leaf-file.ts';
import type { PlannedProcess } from './planned-process.ts';

/** Between processes of one machine nothing leaves the machine. */
const inner = '127.0.0.1';

/** Ports of the first leaf above that of the first root: room for the log and for seven more roots. */
const leafPortStep = 10;

/** The log, unless it is Kafka, the leaves and the roots, in the order they are started; they are stopped in the opposite one. */
export function planProcesses(config: UpConfig): PlannedProcess[] {
  const leaves = Array.from({ length: config.leaves }, (_, ordinal) => planLeaf(config, ordinal));
  const roots = Array.from({ length: config.roots }, (_, ordinal) => planRoot(config, ordinal));
  return [...(config.log === undefined ? [planLog(config)] : []), ...leaves, ...roots];
}

function planLog(config: UpConfig): PlannedProcess {
  return planned('log', 'log', {
    ...shared(config, 'log'),
    host: inner,
    port: config.port + 1,
    data: join(config.data, 'log'),
  });
}

/** The leaf of an ordinal, 0 being the first: its name, port and data folder follow from that. */
export function planLeaf(config: UpConfig, ordinal: number): PlannedProcess {
  const name = `leaf-${ordinal}`;
  return planned(name, 'leaf', {
    ...shared(config, 'leaf'),
    log: logOf(config),
    host: inner,
    name,
    port: config.port + leafPortStep + ordinal,
    data: join(config.data, name),
  });
}

/** The first root has the port that `up` was given, the others those above the log's. */
function planRoot(config: UpConfig, ordinal: number): PlannedProcess {
  return planned(ordinal === 0 ? 'root' : `root-${ordinal}`, 'root', {
    ...shared(config, 'root'),
    port: config.port + (ordinal === 0 ? 0 : ordinal + 1),
    leaves: `file:${leafFileOf(config.data)}`,
    log: logOf(config),
  });
}

const logOf = ({ log, port }: UpConfig): string => (log === undefined ? `${inner}:${port + 1}` : formatLogSource(log));

type Values = Readonly<Record<string, string | number | boolean>>;

/** The settings that a role has in common with `up`, as `up` was given them; those that differ are put over them. */
function shared(config: UpConfig, role: PlannedProcess['role']): Values {
  const values = Object.entries(config).filter(([name]) => {
    return name !== 'leaves' && settingsOf(role).some((setting) => setting.name === name);
  });
  return Object.fromEntries(values);
}

function planned(name: string, role: PlannedProcess['role'], values: Values): PlannedProcess {
  const args = settingsOf(role).flatMap((setting) => {
    const value = values[setting.name];
    return value === undefined ? [] : [setting.flag, String(value)];
  });
  return { name, role, host: String(values['host']), port: Number(values['port']), args: [role, ...args] };
}

/** What is about to be started, in words. */
export function startingLine({
  log,
  leaves,
  roots,
  data,
}: Pick<UpConfig, 'log' | 'leaves' | 'roots' | 'data'>): string {
  const others = `${inWords(leaves, 'leaf', 'leaves')} and ${inWords(roots, 'root', 'roots')}`;
  if (log === undefined) return `Starting the log, ${others}; data in ${data}`;
  return `Starting ${others} over ${formatLogSource(log)}; data of the leaves in ${data}`;
}

function inWords(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Where a process is asked from the same machine. */
export function urlOf({ host, port }: Pick<PlannedProcess, 'host' | 'port'>): string {
  if (host === '0.0.0.0' || host === '::') return `http://127.0.0.1:${port}`;
  return `http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
}
