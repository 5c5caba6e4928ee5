/** `sheaf root`, `sheaf leaf` and `sheaf log`: one process of a cluster. */
import { asSheafError } from '../../shared/errors.ts';
import { systemClock } from '../../shared/clock/clock.ts';
import { readConfig } from '../../shared/config/read.ts';
import { createTelemetry, type Telemetry } from '../../shared/telemetry/telemetry.ts';
import type { ChildMessage } from '../up/child.ts';
import { untilStopped } from './stop-signal.ts';

export type ProcessRole = 'root' | 'leaf' | 'log';

interface Running {
  /** The port it listens on. */
  readonly port: number;
  /** Hands over what others have to take over, where a role has anything. */
  drain?(): Promise<void>;
  close(): Promise<void>;
}

type Texts = Readonly<Record<string, string | undefined>>;

/** Once nobody is left who waits for a clean end, there is no reason to take long over it. */
const orphanCloseMsMax = 5000;

/** Runs until the process is asked to end. @returns exit code */
export async function runRole(role: ProcessRole, flags: Texts, environment: Texts): Promise<number> {
  const stopped = untilStopped(systemClock, () => process.exit(130));
  let running: Running;
  let telemetry: Telemetry;
  try {
    ({ running, telemetry } = await start(role, flags, environment));
  } catch (error) {
    return await fail(asSheafError(error).toLine(), error);
  }
  telemetry.info({ port: running.port }, 'ready');
  await tell({ kind: 'ready' });
  const reason = await stopped;
  telemetry.info({ reason }, 'stopping');
  if (reason === 'parent') setTimeout(() => process.exit(1), orphanCloseMsMax).unref();
  else await running.drain?.();
  await running.close();
  return 0;
}

/** Each role is loaded only where it runs: a log needs no search engine. */
async function start(role: ProcessRole, flags: Texts, environment: Texts) {
  switch (role) {
    case 'root': {
      const config = readConfig('root', flags, environment);
      const telemetry = createTelemetry('root', config.telemetryLevel);
      const { startRoot } = await import('../../root/main.ts');
      return { telemetry, running: await startRoot(config, telemetry, environment) };
    }
    case 'leaf': {
      const config = readConfig('leaf', flags, environment);
      const telemetry = createTelemetry(config.name, config.telemetryLevel);
      const { startLeaf } = await import('../../leaf/main.ts');
      return { telemetry, running: await startLeaf(config, telemetry, environment) };
    }
    case 'log': {
      const config = readConfig('log', flags, environment);
      const telemetry = createTelemetry('log', config.telemetryLevel);
      const { startLog } = await import('../../shared/log/main.ts');
      return { telemetry, running: await startLog(config, telemetry) };
    }
  }
}

async function fail(line: string, error: unknown): Promise<number> {
  process.stderr.write(`${line}\n`);
  const isFault = error instanceof Error && error.name !== 'SheafError';
  if (isFault && error.stack !== undefined) process.stderr.write(`${error.stack}\n`);
  await tell({ kind: 'failed', line });
  return 1;
}

/** Tells the process that started this one, if there is one that listens. */
function tell(message: ChildMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, () => resolve());
  });
}
