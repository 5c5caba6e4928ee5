/** Brokers of Kafka, with folders of their own, for tests and measurements. Touches the world: processes, files, sockets. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../cluster/free-port.ts';

const host = '127.0.0.1';
/** A busy machine takes a minute and more. */
const startMsMax = 180_000;
const stopMsMax = 10_000;
/** After so long without a word of a broker the others go on without it. By default it is 9 s; on a busy machine a broker is silent for seconds. */
const sessionMs = 5000;
/** What is long alive does nothing else, and what is compiled well takes the longest to begin. */
const java = ['-Xms256m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/** Why there can be no broker on this machine, or null. */
export function brokerObstacle(): string | null {
  for (const [command, option] of [
    ['java', '-version'],
    ['mvn', '-version'],
  ] as const) {
    if (spawnSync(command, [option]).status !== 0)
      return `${command} does not run: a broker of Kafka needs a JDK of 17 or newer and Maven`;
  }
  return null;
}

/** Where the jars are, fetched by Maven where they are missing. */
export function fetchJars(folder: string): string {
  const lib = join(folder, 'lib');
  if (existsSync(join(lib, '.whole'))) return lib;
  const options = ['-DincludeScope=runtime', `-DoutputDirectory=${lib}`];
  const args = ['-q', '-B', '-f', join(import.meta.dirname, 'pom.xml'), 'dependency:copy-dependencies', ...options];
  const { status } = spawnSync('mvn', args, { stdio: 'inherit' });
  if (status !== 0) throw new Error('Maven did not bring the jars of Kafka');
  writeFileSync(join(lib, '.whole'), '');
  return lib;
}

export interface BrokerPlace {
  /** Of the jars. */
  readonly lib: string;
  /** Of this broker alone: its data, its configuration, its pid. */
  readonly folder: string;
  readonly port: number;
}

/** Writes what one broker begins with that is all there is. */
export async function prepareBroker(place: Pick<BrokerPlace, 'lib' | 'folder'>): Promise<BrokerPlace> {
  const [broker] = await prepareBrokers(place.lib, [place.folder]);
  return broker!;
}

/** Writes what brokers begin with that are one cluster, each of them a controller too, one in each folder. */
export async function prepareBrokers(lib: string, folders: readonly string[]): Promise<BrokerPlace[]> {
  const tool = (args: string[]) =>
    spawnSync('java', [...java, '-cp', join(lib, '*'), 'kafka.tools.StorageTool', ...args], { encoding: 'utf8' });
  const id = tool(['random-uuid']).stdout.trim().split('\n').at(-1)!;
  const ports: { readonly port: number; readonly controller: number }[] = [];
  for (const _ of folders) ports.push({ port: await freePort(), controller: await freePort() });
  const controllers = ports.map(({ controller }) => controller);
  return folders.map((folder, i) => {
    mkdirSync(folder, { recursive: true });
    const config = join(folder, 'server.properties');
    const { port } = ports[i]!;
    writeFileSync(config, configOf({ number: i + 1, data: join(folder, 'data'), port, controllers }));
    const { status, stderr } = tool(['format', '-t', id, '-c', config]);
    if (status !== 0) throw new Error(`the folder of the broker was not formatted: ${stderr}`);
    return { lib, folder, port };
  });
}

/** Starts brokers that are one cluster: none is there before most of them are. */
export async function startBrokers(places: readonly BrokerPlace[]): Promise<void> {
  await Promise.all(places.map(startBroker));
}

/** Ends brokers by force: one that is to end in order waits for others that have ended before. */
export async function killBrokers(folders: readonly string[]): Promise<void> {
  const started = folders.filter((folder) => existsSync(pidFile(folder)));
  const pids = started.map(brokerPid).filter((pid) => kill(pid, 'SIGKILL'));
  const end = performance.now() + stopMsMax;
  while (performance.now() < end && pids.some((pid) => kill(pid, 0))) await sleep(50);
}

/** Starts a broker, for as long as nobody ends it. Resolves when it takes connections. */
export async function startBroker({ lib, folder, port }: BrokerPlace): Promise<void> {
  const output = openSync(join(folder, 'broker.out'), 'a');
  const args = [...java, '-cp', join(lib, '*'), 'kafka.Kafka', join(folder, 'server.properties')];
  const child = spawn('java', args, { detached: true, stdio: ['ignore', output, output] });
  child.unref();
  writeFileSync(pidFile(folder), String(child.pid));
  for (const end = performance.now() + startMsMax; performance.now() < end; await sleep(200)) {
    if (child.exitCode !== null)
      throw new Error(`the broker ended: ${readFileSync(join(folder, 'broker.out'), 'utf8').slice(-2000)}`);
    if (await takesConnections(port)) return;
  }
  throw new Error(`the broker does not answer after ${startMsMax} ms`);
}

/** The process of a broker that was started. */
export function brokerPid(folder: string): number {
  return Number(readFileSync(pidFile(folder), 'utf8'));
}

/** Ends a broker, by force where it takes long. */
export async function stopBroker(folder: string): Promise<void> {
  const pid = brokerPid(folder);
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!kill(pid, signal)) return;
    for (const end = performance.now() + stopMsMax; performance.now() < end; await sleep(100))
      if (!kill(pid, 0)) return;
  }
}

/** Whether there was such a process. */
function kill(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

const pidFile = (folder: string): string => join(folder, 'broker.pid');

interface BrokerConfig {
  /** From 1. */
  readonly number: number;
  readonly data: string;
  readonly port: number;
  /** Ports of all of them, in the order of their numbers. */
  readonly controllers: readonly number[];
}

function configOf({ number, data, port, controllers }: BrokerConfig): string {
  const copies = Math.min(3, controllers.length);
  const inSync = Math.min(2, copies);
  return `process.roles=broker,controller
node.id=${number}
controller.quorum.voters=${controllers.map((controller, i) => `${i + 1}@${host}:${controller}`).join(',')}
listeners=PLAINTEXT://${host}:${port},CONTROLLER://${host}:${controllers[number - 1]}
advertised.listeners=PLAINTEXT://${host}:${port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=${data}
auto.create.topics.enable=false
broker.session.timeout.ms=${sessionMs}
broker.heartbeat.interval.ms=1000
offsets.topic.replication.factor=${copies}
transaction.state.log.replication.factor=${copies}
transaction.state.log.min.isr=${inSync}
share.coordinator.state.topic.replication.factor=${copies}
share.coordinator.state.topic.min.isr=${inSync}
`;
}

/** Whether anybody listens on a port of this machine. */
export async function takesConnections(port: number): Promise<boolean> {
  const socket = connect(port, host);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
