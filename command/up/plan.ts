/** Which processes `up` starts, and with what settings. Pure. */
import { join } from 'node:path';
import type { UpConfig } from '../../shared/config/read.ts';
import { settingsOf } from '../../shared/config/table.ts';

export interface PlannedProcess {
  readonly name: string;
  readonly role: 'log' | 'leaf' | 'root';
  readonly host: string;
  readonly port: number;
  /** Command line of its role, the role first. */
  readonly args: readonly string[];
}

/** Between processes of one machine nothing leaves the machine. */
const inner = '127.0.0.1';

/** Ports of the first leaf above that of the root: room for the log and what may come. */
const leafPortStep = 10;

/** The log, the leaves and the root, in the order they are started; they are stopped in the opposite one. */
export function planProcesses(config: UpConfig): PlannedProcess[] {
  const log = { host: inner, port: config.port + 1 };
  const logAddress = `${inner}:${log.port}`;
  const leaves = Array.from({ length: config.leaves }, (_, i) => ({
    name: `leaf-${i}`,
    port: config.port + leafPortStep + i,
  }));
  const addresses = leaves.map(({ name, port }) => `${name}=${inner}:${port}`).join(',');
  const leafShared = { ...shared(config, 'leaf'), log: logAddress, host: inner };
  return [
    planned('log', 'log', { ...shared(config, 'log'), ...log, data: join(config.data, 'log') }),
    ...leaves.map(({ name, port }) => {
      return planned(name, 'leaf', { ...leafShared, name, port, data: join(config.data, name) });
    }),
    planned('root', 'root', { ...shared(config, 'root'), leaves: addresses, log: logAddress }),
  ];
}

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
