/** A service that speaks S3, for tests: moto's, in memory. Touches the world: a process, HTTP. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../cluster/free-port.ts';

const program = process.env['MOTO_SERVER_PATH'] ?? 'moto_server';
const startMsMax = 60_000;

function whyMissing(): string | false {
  return spawnSync(program, ['--help'], { timeout: 30_000 }).status === 0
    ? false
    : 'moto_server is missing: no test has spoken to object storage (pip install "moto[server,s3]", or MOTO_SERVER_PATH)';
}

/** Why tests that need it are skipped. Where the checks of every change run it has to be there. */
export const motoMissing = process.env['CI'] === 'true' ? false : whyMissing();

export interface Moto {
  readonly endpoint: URL;
  /** What a process needs to reach it. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** @param bucket is made */
export async function startMoto(bucket: string): Promise<Moto> {
  const port = await freePort();
  const env = { ...process.env, PYTHONPATH: join(import.meta.dirname, 'moto-atomic') };
  const server = spawn(program, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore', env });
  const endpoint = new URL(`http://127.0.0.1:${port}`);
  const stop = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  };
  const until = performance.now() + startMsMax;
  for (;;) {
    const made = await fetch(new URL(bucket, endpoint), { method: 'PUT' }).catch(() => null);
    if (made?.ok === true) break;
    if (performance.now() > until || server.exitCode !== null) {
      await stop();
      throw new Error(`${program} does not answer`);
    }
    await sleep(50);
  }
  const environment = {
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'a secret of tests',
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_S3: endpoint.href,
  };
  return { endpoint, environment, stop };
}
