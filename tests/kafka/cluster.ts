/**
 * Roots and leaves as processes over Kafka, each started again when it is killed, the brokers too. Touches the world: processes,
 * sockets, files.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Cluster } from '../cluster/start.ts';
import { freePort } from '../cluster/free-port.ts';
import { brokerPid, startBroker, takesConnections, type BrokerPlace } from './broker.ts';

export interface KafkaClusterOptions {
  /** Which may be killed. */
  readonly brokers: readonly BrokerPlace[];
  /** Of the log. */
  readonly name: string;
  /** A folder for the leaves to use and to leave behind, in place of a temporary one. */
  readonly data?: string;
  /** More options of the leaves, and of the roots. */
  readonly leafArgs?: readonly string[];
  readonly rootArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface KafkaCluster extends Pick<Cluster, 'url' | 'pids' | 'signal'> {
  /** Of each root, where a test has to choose: `url` is of either. */
  readonly urls: readonly string[];
  /** What went wrong of what starts processes again. */
  readonly faults: readonly string[];
  stop(): Promise<void>;
}

const script = fileURLToPath(new URL('../../sheaf.ts', import.meta.url));
const host = '127.0.0.1';
const readyMsMax = 300_000;
const roots = ['root-0', 'root-1'];
const leaves = ['leaf-0', 'leaf-1'];

/** Resolves when both roots are ready. Each connection to its URL goes to the other root than the one before, as long as that is there. */
export async function startKafkaCluster(options: KafkaClusterOptions): Promise<KafkaCluster> {
  const { brokers, name, leafArgs = [], rootArgs = [], env = {} } = options;
  const data = options.data ?? mkdtempSync(join(tmpdir(), 'sheaf-test-'));
  const ports = new Map<string, number>();
  for (const process of [...roots, ...leaves]) ports.set(process, await freePort());
  const log = `kafka:${brokers.map(({ port }) => `${host}:${port}`).join(',')}/${name}`;
  const leafList = leaves.map((leaf) => `${leaf}=${host}:${ports.get(leaf)}`).join(',');
  const copies = [
    '--kafka-replication',
    String(brokers.length),
    '--kafka-min-in-sync',
    String(Math.min(2, brokers.length)),
  ];
  const argsOf = (process: string): string[] => {
    const common = ['--host', host, '--port', String(ports.get(process)), '--log', log, '--telemetry-level', 'warn'];
    if (roots.includes(process)) return ['root', ...common, ...copies, ...rootArgs, '--leaves', leafList];
    return ['leaf', ...common, ...leafArgs, '--name', process, '--data', join(data, process)];
  };
  const children = new Map<string, ChildProcess>();
  /** Those that listen. */
  const there = new Set<string>();
  const faults: string[] = [];
  let stopping = false;
  const start = (process: string): void => {
    const child = spawn(globalThis.process.execPath, [script, ...argsOf(process)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...globalThis.process.env, ...env },
    });
    children.set(process, child);
    child.once('exit', () => {
      there.delete(process);
      children.delete(process);
      if (!stopping) start(process);
    });
    void untilOpen(ports.get(process)!, () => child.exitCode !== null || child.signalCode !== null).then((isOpen) => {
      if (isOpen) there.add(process);
    });
  };
  for (const process of [...leaves, ...roots]) start(process);
  const door = await openDoor(roots.map((root) => ports.get(root)!));
  const folders = new Map(brokers.map(({ folder }, i) => [`broker-${i}`, folder]));
  const watches = brokers.map((broker, i) =>
    watchBroker(broker, () => stopping, {
      onDown: () => there.delete(`broker-${i}`),
      onUp: () => there.add(`broker-${i}`),
      onFault: (error) => faults.push(String(error)),
    }),
  );
  const stop = async (): Promise<void> => {
    stopping = true;
    const ended = Array.from(children.values(), (child) => once(child, 'exit'));
    for (const child of children.values()) child.kill('SIGKILL');
    await Promise.all(ended);
    await Promise.all(watches);
    door.close();
    if (options.data === undefined) rmSync(data, { recursive: true, force: true });
  };
  try {
    for (const root of roots) await untilReady(`http://${host}:${ports.get(root)}`);
  } catch (error) {
    await stop();
    throw error;
  }
  const pidOf = (process: string): number => {
    const folder = folders.get(process);
    return folder === undefined ? children.get(process)!.pid! : brokerPid(folder);
  };
  return {
    url: `http://${host}:${door.port}`,
    urls: roots.map((root) => `http://${host}:${ports.get(root)}`),
    faults,
    pids: () => Object.fromEntries(Array.from(there, (process) => [process, pidOf(process)])),
    signal: (process, signal) => {
      if (signal === 'SIGKILL') there.delete(process);
      globalThis.process.kill(pidOf(process), signal);
    },
    stop,
  };
}

/** Starts the broker again whenever its process is gone. Resolves when it need not be there any more, and is. */
async function watchBroker(
  broker: BrokerPlace,
  isOver: () => boolean,
  told: { readonly onDown: () => void; readonly onUp: () => void; readonly onFault: (error: unknown) => void },
): Promise<void> {
  told.onUp();
  for (; !isOver(); await sleep(100)) {
    try {
      process.kill(brokerPid(broker.folder), 0);
    } catch {
      told.onDown();
      try {
        await startBroker(broker);
        told.onUp();
      } catch (error) {
        told.onFault(error);
      }
    }
  }
}

/** Hands each connection to the next of some ports that takes it. */
async function openDoor(ports: readonly number[]): Promise<{ readonly port: number; close(): void }> {
  let turn = 0;
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer((client) => {
    sockets.add(client);
    const first = turn++;
    const dial = (attempt: number): void => {
      const root = connect(ports[(first + attempt) % ports.length]!, host);
      root.once('connect', () => {
        client.pipe(root).pipe(client);
      });
      root.once('error', () => {
        if (root.connecting && attempt + 1 < ports.length) dial(attempt + 1);
        else if (attempt + 1 < ports.length && root.bytesRead === 0 && root.bytesWritten === 0) dial(attempt + 1);
        else client.destroy();
      });
      root.once('close', () => {
        if (root.bytesWritten > 0) client.destroy();
      });
      client.once('close', () => root.destroy());
    };
    client.once('error', () => client.destroy());
    dial(0);
  }).listen(0, host);
  await once(server, 'listening');
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: (server.address() as AddressInfo).port, close };
}

/** Whether a port takes connections before what should listen on it has ended. */
async function untilOpen(port: number, isOver: () => boolean): Promise<boolean> {
  for (; !isOver(); await sleep(50)) if (await takesConnections(port)) return true;
  return false;
}

async function untilReady(url: string): Promise<void> {
  for (const end = performance.now() + readyMsMax; performance.now() < end; await sleep(100)) {
    const answer = await fetch(`${url}/v1/health/ready`).catch(() => null);
    await answer?.text();
    if (answer?.ok === true) return;
  }
  throw new Error(`${url} is not ready after ${readyMsMax} ms`);
}
