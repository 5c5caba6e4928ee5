/** A log, a leaf and a root in this process on free ports, and what each answers to the bytes of a request. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLeaf } from '../../leaf/main.ts';
import { startRoot } from '../../root/main.ts';
import { readConfig } from '../../shared/config/read.ts';
import { startLog } from '../../shared/log/main.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';

export interface RawAnswer {
  readonly status: number;
  /** By lower-case name, without `date`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Servers {
  /** Of a cluster that is ready. */
  readonly ready: Readonly<Record<ServerName, number>>;
  /** Of a root and a leaf that are not, since there is no log. */
  readonly unready: Readonly<Record<'root' | 'leaf', number>>;
  close(): Promise<void>;
}

export type ServerName = 'root' | 'leaf' | 'log';

const readyMsMax = 20_000;
/** Whoever has agreed to an upgrade goes on talking. */
const answerMsMax = 5000;

/** Resolves when the root is ready. */
export async function startServers(): Promise<Servers> {
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-servers-'));
  const common = { port: '0', telemetryLevel: 'silent' };
  const startLeafOf = async (name: string, log: string) => {
    const flags = { ...common, log, name, data: join(folder, name), drainMs: '0' };
    return await startLeaf(readConfig('leaf', flags, {}), silentTelemetry, {});
  };
  const startRootOf = async (log: string, leafPort: number) => {
    const flags = { ...common, log, leaves: `leaf-0=127.0.0.1:${leafPort}`, lingerMs: '0' };
    return await startRoot(readConfig('root', flags, {}), silentTelemetry, {});
  };
  const log = await startLog({ host: '127.0.0.1', port: 0, data: join(folder, 'log') }, silentTelemetry);
  const leaf = await startLeafOf('leaf-0', `127.0.0.1:${log.port}`);
  const root = await startRootOf(`127.0.0.1:${log.port}`, leaf.port);
  const lonelyLeaf = await startLeafOf('leaf-1', '127.0.0.1:9');
  const lonelyRoot = await startRootOf('127.0.0.1:9', 9);
  await untilReady(root.port);
  return {
    ready: { root: root.port, leaf: leaf.port, log: log.port },
    unready: { root: lonelyRoot.port, leaf: lonelyLeaf.port },
    close: async () => {
      await Promise.all([root.close(), lonelyRoot.close()]);
      await Promise.all([leaf.close(), lonelyLeaf.close()]);
      await log.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilReady(port: number): Promise<void> {
  for (let waitedMs = 0; waitedMs < readyMsMax; waitedMs += 25) {
    if ((await exchange(port, request('GET', '/v1/health/ready'))).status === 200) return;
    await sleep(25);
  }
  throw new Error('the root is not ready');
}

/** A request as bytes; its connection ends with the answer. */
export function request(
  method: string,
  url: string,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): string {
  const length = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const lines = Object.entries({ host: '127.0.0.1', connection: 'close', ...headers, ...length }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `${method} ${url} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}

/** Sends bytes over a connection of their own, and reads one answer. */
export async function exchange(port: number, bytes: string): Promise<RawAnswer> {
  const socket = connect({ port, host: '127.0.0.1', signal: AbortSignal.timeout(answerMsMax) });
  socket.write(bytes);
  let text = '';
  for await (const chunk of socket) {
    text += String(chunk);
    // Of an answer to HEAD there is no body, and its connection ends.
    if (lackingBytes(text) === 0) break;
  }
  socket.destroy();
  const { first, headers, body } = readAnswer(text);
  delete headers['date'];
  return { status: Number(first.split(' ')[1]), headers, body };
}

function readAnswer(text: string): { first: string; headers: Record<string, string>; body: string } {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const fields = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { first, headers: Object.fromEntries(fields), body: rest.join('\r\n\r\n') };
}

/** Bytes of the body that have not come, by its length; undefined where that is not known. */
function lackingBytes(text: string): number | undefined {
  const { headers, body } = readAnswer(text);
  const length = headers['content-length'];
  return length === undefined ? undefined : Number(length) - Buffer.byteLength(body);
}
