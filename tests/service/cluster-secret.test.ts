/** A log, leaves and a root that share a secret: who has not proved to have it is refused at every door, and harms nothing. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { pino } from 'pino';
import { startLeaf } from '../../leaf/main.ts';
import { startRoot } from '../../root/main.ts';
import { readConfig } from '../../shared/config/read.ts';
import { BatchWriter } from '../../shared/log/batch.ts';
import { startLog } from '../../shared/log/main.ts';
import { packAppend } from '../../shared/log/wire.ts';
import { type frameTypes, protocolName } from '../../shared/protocol/frames.ts';
import { drawNonce, prove } from '../../shared/secret/proof.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';
import { encodeFrameHead, FrameDecoder, type Frame } from '../../shared/transport/frame.ts';
import { exchange, request } from './three-servers.ts';

const key = 'k'.repeat(64);
const foreign = 'f'.repeat(64);
const host = '127.0.0.1';
const folder = mkdtempSync(join(tmpdir(), 'sheaf-cluster-secret-'));
const secretFile = join(folder, 'secret');
const strangersFile = join(folder, 'strangers');
writeFileSync(secretFile, `${key}\n`);
writeFileSync(strangersFile, `${foreign}\n`);

/** Lines of telemetry of the log and of the leaf. */
const told: { message: string; error?: { code: string } }[] = [];
const telemetry = pino(
  { messageKey: 'message' },
  { write: (line: string) => void told.push(JSON.parse(line) as (typeof told)[number]) },
);
const ports = {} as Record<'log' | 'leaf' | 'root', number>;
const running: { close(): Promise<void> }[] = [];

async function startRootWith(secret: Readonly<Record<string, string>>): Promise<number> {
  const places = { log: `${host}:${ports.log}`, leaves: `leaf-0=${host}:${ports.leaf}` };
  const flags = { port: '0', lingerMs: '0', ...places, ...secret };
  const root = await startRoot(readConfig('root', flags, {}), silentTelemetry, {});
  running.unshift(root);
  return root.port;
}

const statusOf = async (port: number, path: string): Promise<number> =>
  (await exchange(port, request('GET', path))).status;

before(async () => {
  const log = await startLog({ host, port: 0, data: join(folder, 'log'), secretFile }, telemetry);
  running.unshift(log);
  ports.log = log.port;
  const flags = {
    name: 'leaf-0',
    port: '0',
    data: join(folder, 'leaf'),
    log: `${host}:${log.port}`,
    drainMs: '0',
    secretFile,
  };
  const leaf = await startLeaf(readConfig('leaf', flags, {}), telemetry, {});
  running.unshift(leaf);
  ports.leaf = leaf.port;
  ports.root = await startRootWith({ secretFile });
  while ((await statusOf(ports.root, '/v1/health/ready')) !== 200) await sleep(20);
});
after(async () => {
  for (const each of running) await each.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A connection on which one request follows another. */
class Line {
  private readonly socket: Socket;
  private text = '';
  private ended = false;
  private wake = (): void => undefined;

  constructor(port: number) {
    this.socket = connect(port, host);
    this.socket.setEncoding('latin1').on('data', (chunk: string) => {
      this.text += chunk;
      this.wake();
    });
    this.socket
      .on('error', () => undefined)
      .once('close', () => {
        this.ended = true;
        this.wake();
      });
  }

  async ask(method: string, path: string, headers: Readonly<Record<string, string>> = {}) {
    this.socket.write(request(method, path, { connection: 'keep-alive', ...headers }));
    for (let end = -1; ; end = this.text.indexOf('\r\n\r\n')) {
      const body = Number(/content-length: (\d+)/i.exec(this.text)?.[1] ?? 0);
      if (end >= 0 && this.text.length >= end + 4 + body) {
        const head = this.text.slice(0, end);
        const text = this.text.slice(end + 4, end + 4 + body);
        this.text = this.text.slice(end + 4 + body);
        const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1] ?? '';
        return { status: Number(head.split(' ')[1]), header, text };
      }
      if (this.ended) return { status: 0, header: () => '', text: '' };
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  /** Sends a frame after an upgrade, and waits for one that answers it. */
  async call(type: keyof typeof frameTypes, header: unknown, body: Uint8Array = Buffer.alloc(0)): Promise<Frame> {
    this.socket.write(Buffer.concat([encodeFrameHead(type, 77, header, body.length), body]));
    const decoder = new FrameDecoder();
    for (;;) {
      const bytes = Buffer.from(this.text, 'latin1');
      this.text = '';
      for (const frame of decoder.push(bytes)) if (frame.id === 77) return frame;
      assert.equal(this.ended, false);
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  async closed(): Promise<void> {
    while (!this.ended) await new Promise<void>((resolve) => (this.wake = resolve));
  }

  end(): void {
    this.socket.destroy();
  }
}

/** Both steps of the handshake. @returns the status of the second, and what was said in it */
async function shake(line: Line, secret: string) {
  const client = drawNonce();
  const greeting = await line.ask('GET', '/v1/handshake', { 'sheaf-nonce': client });
  const server = greeting.header('sheaf-nonce');
  const proof = prove(secret, 'client', { client, server });
  const { status } = await line.ask('GET', '/v1/handshake', { 'sheaf-proof': proof });
  return { status, client, proof, ofServer: greeting.header('sheaf-proof') };
}

const files = '/v1/replicas/x0/0/files';
const upgrade = { connection: 'upgrade', upgrade: protocolName };
// Each row: what is asked of which server, and what is answered to who has proved.
const doors: [
  name: string,
  server: 'log' | 'leaf',
  method: string,
  path: string,
  headers: Record<string, string>,
  status: number,
][] = [
  ['frames', 'log', 'GET', '/', upgrade, 101],
  ['frames', 'leaf', 'GET', '/', upgrade, 101],
  ['frames at the path of its metrics', 'log', 'GET', '/metrics', upgrade, 101],
  ['frames at the path of a probe', 'leaf', 'GET', '/v1/health/live', upgrade, 101],
  ['frames at the path of the handshake', 'leaf', 'GET', '/v1/handshake', upgrade, 101],
  ['frames of another version', 'leaf', 'GET', '/', { ...upgrade, upgrade: 'sheaf-frames/0' }, 426],
  ['the files of a replica', 'leaf', 'GET', files, {}, 503],
  ['a file of a replica', 'leaf', 'GET', `${files}/manifest.json?hold=1`, {}, 404],
  ['the end of a copy', 'leaf', 'DELETE', `${files}?hold=1`, {}, 204],
  ['a task', 'leaf', 'POST', '/v1/tasks', {}, 400],
  ['a path that is not there', 'log', 'GET', '/nowhere', {}, 404],
  ['a path that cannot be read', 'log', 'GET', '/v1/%ff', {}, 400],
  ['a path that only looks like that of a probe', 'leaf', 'GET', '/metrics/../v1/tasks', {}, 404],
];
for (const [name, server, method, path, headers, status] of doors) {
  test(`the secret: the ${server} refuses ${name} to who has not proved to have it, and to nobody else`, async () => {
    const stranger = new Line(ports[server]);
    const refused = await stranger.ask(method, path, headers);
    assert.equal(refused.status, 401);
    assert.equal((JSON.parse(refused.text) as { error: { code: string } }).error.code, 'PEER_UNPROVEN');
    assert.notEqual(refused.header('www-authenticate'), '');
    await stranger.closed();
    const peer = new Line(ports[server]);
    assert.equal((await shake(peer, key)).status, 204);
    assert.equal((await peer.ask(method, path, headers)).status, status);
    peer.end();
  });
}

// Each row: how somebody without the secret tries it.
const tries: [name: string, attempt: (line: Line, port: number) => Promise<unknown>][] = [
  ['another secret', (line) => shake(line, foreign)],
  ['a proof before anything else', (line) => line.ask('GET', '/v1/handshake', { 'sheaf-proof': drawNonce() })],
  ['a proof that is none', (line) => line.ask('GET', '/v1/handshake', { 'sheaf-proof': 'x'.repeat(4000) })],
  ['a nonce that is none', (line) => line.ask('GET', '/v1/handshake', { 'sheaf-nonce': '' })],
  ['nothing', (line) => line.ask('GET', '/v1/handshake')],
  [
    'the proof of another connection',
    async (line, port) => {
      const peer = new Line(port);
      const { status, client, proof } = await shake(peer, key);
      assert.equal(status, 204);
      await line.ask('GET', '/v1/handshake', { 'sheaf-nonce': client });
      await line.ask('GET', '/v1/handshake', { 'sheaf-proof': proof });
      peer.end();
    },
  ],
  [
    'what the server itself said',
    async (line) => {
      const greeting = await line.ask('GET', '/v1/handshake', { 'sheaf-nonce': drawNonce() });
      await line.ask('GET', '/v1/handshake', { 'sheaf-proof': greeting.header('sheaf-proof') });
    },
  ],
];
for (const server of ['log', 'leaf'] as const) {
  for (const [name, attempt] of tries) {
    test(`the secret: the ${server} is not opened by ${name}`, async () => {
      const line = new Line(ports[server]);
      await attempt(line, ports[server]);
      // The connection has ended, or is refused.
      const { status } = await line.ask('GET', '/', upgrade);
      assert.ok(status === 0 || status === 401, String(status));
      await line.closed();
    });
  }
  for (const path of ['/v1/health/live', '/v1/health/ready', '/metrics?x=1']) {
    test(`the secret: the ${server} answers ${path} to everybody`, async () => {
      assert.equal(await statusOf(ports[server], path), 200);
    });
  }
}

test('the secret: an append and a task over frames are answered to who has proved', async () => {
  const [log, leaf] = [new Line(ports.log), new Line(ports.leaf)];
  for (const line of [log, leaf]) {
    await shake(line, key);
    assert.equal((await line.ask('GET', '/', upgrade)).status, 101);
  }
  assert.equal((await log.call('askHeads', { partitions: ['catalog'] })).type, 'heads');
  const batch = new BatchWriter(-1);
  batch.add('put', 'k', Buffer.from('{}'));
  const bytes = batch.finish();
  const batches = [{ partition: 'nobody/0', count: 1, bytes: bytes.length }];
  const header = packAppend({ producer: 'p', sequence: 1, batches, requests: [] });
  assert.equal((await log.call('append', header, bytes)).type, 'appended');
  assert.equal((await leaf.call('task', { kind: 'nothing' })).type, 'failure');
  log.end();
  leaf.end();
});

test('the secret: ten thousand refusals leave nothing in memory', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const refuseMany = async (count: number): Promise<number> => {
    let left = count;
    const loop = async (): Promise<void> => {
      while (left-- > 0) {
        const line = new Line(ports.leaf);
        if (left % 2 === 0) await shake(line, foreign);
        else await line.ask('GET', '/', upgrade);
        line.end();
        await line.closed();
      }
    };
    await Promise.all(Array.from({ length: 16 }, loop));
    for (let turn = 0; turn < 10; turn++) await sleep(10);
    collect();
    return process.memoryUsage().heapUsed;
  };
  const atFirst = await refuseMany(2000);
  const grown = (await refuseMany(10_000)) - atFirst;
  assert.ok(grown < 10_000 * 200, `${grown} bytes more`);
});

test('the secret: it is told once of an address, however often it is refused', async () => {
  await Promise.all(Array.from({ length: 50 }, () => exchange(ports.leaf, request('GET', files))));
  const lines = told.filter(({ error }) => error?.code === 'PEER_UNPROVEN');
  // Of the log and of the leaf, to this address.
  assert.equal(lines.length, 2);
  const metrics = await exchange(ports.leaf, request('GET', '/metrics'));
  const counted = /^sheaf_peers_refused_total\{reason="no proof"\} (\d+)$/m.exec(metrics.body)?.[1];
  assert.ok(Number(counted) >= 50, metrics.body.slice(0, 500));
});

/** How many refusals the server has counted, for whatever reason. */
async function refusedBy(server: 'log' | 'leaf'): Promise<number> {
  const { body } = await exchange(ports[server], request('GET', '/metrics'));
  const counts = [...body.matchAll(/^sheaf_peers_refused_total\{.*\} (\d+)$/gm)].map(([, count]) => Number(count));
  return counts.reduce((sum, count) => sum + count, 0);
}

// Each row: what a root is started with.
const wrong: [name: string, secret: Record<string, string>, reason: string][] = [
  ['another secret', { secretFile: strangersFile }, 'it has another'],
  ['none', {}, 'it has one, and this process has none'],
];
for (const [name, secret, reason] of wrong) {
  test(`the secret: a root with ${name} says so`, async () => {
    const formerly = await Promise.all([refusedBy('log'), refusedBy('leaf')]);
    const port = await startRootWith(secret);
    const codeOf = (body: string) =>
      (JSON.parse(body) as { error: { code: string; detail: { reason: string } } }).error;
    let ready = await exchange(port, request('GET', '/v1/health/ready'));
    while (codeOf(ready.body).code === 'NOT_READY') {
      await sleep(20);
      ready = await exchange(port, request('GET', '/v1/health/ready'));
    }
    assert.deepEqual(
      [ready.status, codeOf(ready.body).code, codeOf(ready.body).detail.reason],
      [503, 'SECRET_WRONG', reason],
    );
    const body = JSON.stringify({ schema: { fields: { n: { kind: 'integer' } } } });
    const json = { 'content-type': 'application/json' };
    const written = await exchange(port, request('PUT', '/v1/indexes/x', json, body));
    assert.deepEqual([written.status, codeOf(written.body).code], [503, 'SECRET_WRONG']);
    let problems: (string | undefined)[] = [];
    while (problems.length < 2) {
      await sleep(20);
      type Problem = { problem: { code: string } | null };
      const { log, leaves } = JSON.parse((await exchange(port, request('GET', '/v1/cluster'))).body) as {
        log: Problem;
        leaves: Problem[];
      };
      problems = [log, ...leaves].map(({ problem }) => problem?.code).filter((code) => code !== undefined);
    }
    assert.deepEqual(problems, ['SECRET_WRONG', 'SECRET_WRONG']);
    // Who is asked knows of it, too.
    const refused = await Promise.all([refusedBy('log'), refusedBy('leaf')]);
    assert.ok(refused[0] > formerly[0] && refused[1] > formerly[1], `${formerly.join()} ${refused.join()}`);
    assert.equal(await statusOf(ports.root, '/v1/health/ready'), 200);
  });
}
