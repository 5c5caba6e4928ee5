/** Which processes `up` starts, and with what settings. Pure. */
import { join } from 'node:path';
import type { UpConfig } from '../../shared/config/read.ts';
import { settingsOf } from '../../shared/config/table.ts';
import { leafFileOf } from './leaf-file.ts';
import type { PlannedProcess } from './planned-process.ts';

/** Between processes of one machine nothing leaves the machine. */
const inner = '127.0.0.1';

/** Ports of the first leaf above that of the first root: room for the log and for seven more roots. */
const leafPortStep = 10;

/** The log, the leaves and the roots, in the order they are started; they are stopped in the opposite one. */
export function planProcesses(config: UpConfig): PlannedProcess[] {
  const log = planned('log', 'log', {
    ...shared(config, 'log'),
    host: inner,
    port: config.port + 1,
    data: join(config.data, 'log'),
  });
  const leaves = Array.from({ length: config.leaves }, (_, ordinal) => planLeaf(config, ordinal));
  const roots = Array.from({ length: config.roots }, (_, ordinal) => planRoot(config, ordinal));
  return [log, ...leaves, ...roots];
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

const logOf = (config: UpConfig): string => `${inner}:${config.port + 1}`;

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

/** Where a process is asked from the same machine. */
export function urlOf({ host, port }: Pick<PlannedProcess, 'host' | 'port'>): string {
  if (host === '0.0.0.0' || host === '::') return `http://127.0.0.1:${port}`;
  return `http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
}
