/**
 * What trimming is worth: `npm run test:trim -- [gigabytes] [seed]`. A log is filled with documents that replace one another, so that the
 * index stays small; then shards are kept in object storage, the log lets go of what is stored there, and a leaf without a disk fills
 * itself from the store and the rest of the log. Prints what is on disk and how long the log takes to start, after a clean stop and after `kill -9`; exit code 1 where
 * documents are not as they were written, or the trimmed log takes longer than it may.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectLog } from '../../shared/log/client.ts';
import { textBatch } from '../../shared/log/batch.fixture.ts';
import { databasePath } from '../../shared/log/sqlite/folder.ts';
import { proofMarkPath } from '../../shared/log/sqlite/proof-mark.ts';
import { shardPartition, type Log } from '../../shared/log/log.ts';
import { createRandom } from '../../shared/random/random.ts';
import { readSecret } from '../../shared/secret/secret-file.ts';
import { freePort } from '../cluster/free-port.ts';
import { startCluster, type Cluster } from '../cluster/start.ts';

const gigabytes = Number(process.argv[2] ?? 1);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
assert.ok(gigabytes > 0, 'npm run test:trim -- [gigabytes] [seed]');

const shards = 2;
const keys = 2000;
const documentBytes = 16_384;
const documentsPerBody = 500;
/** Entries that the log keeps in each partition. */
const keptEntries = 1000;
/** Appended before the log is killed: it stays there, before and after. */
const scratchBytes = 20_000_000;
/** What is kept, a body that is not stored yet, the pages that SQLite keeps spare, and its write-ahead log. */
const trimmedBytesMax =
  shards * (keptEntries + documentsPerBody) * documentBytes * 1.1 + 2 * scratchBytes + (16 + 64) * 1024 * 1024;
/** Of a trimmed log, beyond what one takes that has nothing: how fast processes start is not told here. */
const startMsMax = 3000;
const waitMsMax = 600_000;
const script = fileURLToPath(new URL('../../sheaf.ts', import.meta.url));

interface Body {
  readonly accepted: number;
  readonly indexes: readonly { readonly id: string }[];
  readonly hits: { readonly total: { readonly value: number } };
  readonly aggregations: { readonly sum: { readonly value: number } };
}

const folder = mkdtempSync(join(tmpdir(), 'sheaf-trim-'));
const data = join(folder, 'data');
const logFolder = join(data, 'log');
const empty = join(folder, 'empty');
const stored = [
  '--snapshots',
  `file:${join(folder, 'storage')}`,
  '--snapshot-ms',
  '1000',
  '--log-kept-entries',
  String(keptEntries),
];
let cluster: Cluster | null = null;

const start = async (args: readonly string[]): Promise<Cluster> => {
  cluster = await startCluster({ leaves: 1, data, args });
  return cluster;
};
const stop = async (): Promise<void> => {
  await cluster?.stop();
  cluster = null;
};

async function ask(method: string, path: string, body?: string, type = 'application/json'): Promise<Body> {
  for (;;) {
    const headers = body === undefined ? {} : { 'content-type': type };
    const response = await fetch(cluster!.url + path, { method, ...(body === undefined ? {} : { body }), headers });
    const text = await response.text();
    if (response.ok) return JSON.parse(text) as Body;
    // Replicas are behind: whoever writes is to wait.
    assert.ok(response.status === 429, `${method} ${path}: ${response.status} ${text}`);
    await sleep(1000);
  }
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const since = performance.now(); !(await holds()); await sleep(200)) {
    assert.ok(performance.now() - since < waitMsMax, `waited in vain: ${what}`);
  }
}

function bytesOf(path: string): number {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

/** Milliseconds from the command until the log alone takes appends. @param end how it is ended then, and what is done before */
async function startOfLog(
  of: string,
  end: NodeJS.Signals = 'SIGTERM',
  before: (port: number) => Promise<void> = async () => undefined,
): Promise<number> {
  const port = await freePort();
  const startedAt = performance.now();
  const args = ['log', '--data', of, '--port', String(port), '--secret-file', join(data, 'secret')];
  const log = spawn(process.execPath, [script, ...args], { stdio: 'ignore' });
  const exit = once(log, 'exit');
  try {
    for (;;) {
      assert.equal(log.exitCode, null, 'the log does not start');
      const ready = await fetch(`http://127.0.0.1:${port}/v1/health/ready`).catch(() => null);
      const tookMs = performance.now() - startedAt;
      if (ready?.ok === true) return (await before(port), tookMs);
      await sleep(10);
    }
  } finally {
    log.kill(end);
    await exit;
  }
}

/** Appends to a partition that nobody reads, more than SQLite leaves in its write-ahead log, and has the log killed amid more. */
async function appendUntilKilled(port: number): Promise<void> {
  const log = connect(port);
  const batch = textBatch('scratch', 'x'.repeat(100_000));
  for (let i = 0; i < scratchBytes / 1_000_000; i++) await log.append(Array.from({ length: 10 }, () => batch));
  void log.append([batch]).catch(() => undefined);
  await log.close();
}

function connect(port: number): Log {
  return connectLog({
    address: { host: '127.0.0.1', port },
    secret: readSecret(join(data, 'secret')),
    random: Math.random,
    producer: `test ${process.pid} ${port}`,
  });
}

/** After a clean stop, after a kill under writes, and when all is proved. @returns the longer of the first two */
async function tellStarts(situation: string): Promise<number> {
  const cleanMs = await startOfLog(logFolder, 'SIGKILL', appendUntilKilled);
  const killedMs = await startOfLog(logFolder);
  rmSync(proofMarkPath(databasePath(logFolder)));
  const provedMs = await startOfLog(logFolder);
  const emptyMs = await startOfLog(empty);
  const [clean, killed, proved, none] = [cleanMs, killedMs, provedMs, emptyMs].map(seconds);
  console.log(
    `start of the log ${situation}: ${clean} after a clean stop, ${killed} after kill -9 under writes, ${proved} where all is proved, of an empty one ${none}`,
  );
  return Math.max(cleanMs, killedMs) - emptyMs;
}

/** What each key has last, by number. */
const last = new Map<number, number>();

async function fill(bytes: number): Promise<number> {
  const random = createRandom(seed);
  // Of text that hardly packs, cut anywhere: to draw each document anew would be what takes most of the time.
  const pool = Array.from({ length: 8 * documentBytes }, () => random.integer(0, 35).toString(36)).join('');
  let written = 0;
  for (let n = 0; written < bytes;) {
    const lines: string[] = [];
    for (let i = 0; i < documentsPerBody; i++, n++) {
      const key = random.integer(0, keys - 1);
      last.set(key, n);
      const at = random.integer(0, pool.length - documentBytes);
      lines.push(JSON.stringify({ id: `k${key}`, n, text: pool.slice(at, at + documentBytes) }));
    }
    const body = lines.join('\n');
    const { accepted } = await ask('POST', '/v1/indexes/books/documents?key=id', body, 'application/x-ndjson');
    assert.equal(accepted, documentsPerBody);
    written += body.length;
  }
  return written;
}

async function check(situation: string): Promise<void> {
  const search = { size: 0, timeout: '60s', aggs: { sum: { sum: { field: 'n' } } } };
  const sum = [...last.values()].reduce((total, n) => total + n, 0);
  let found = '';
  await until(`${situation}: ${last.size} documents whose numbers sum to ${sum}`, async () => {
    const { hits, aggregations } = await ask('POST', '/v1/indexes/books/search', JSON.stringify(search));
    found = `${hits.total.value} documents, sum ${aggregations.sum.value}`;
    return found === `${last.size} documents, sum ${sum}`;
  });
  console.log(`${situation}: ${found}, as they were written`);
}

async function untilTrimmed(): Promise<void> {
  const { indexes } = await ask('GET', '/v1/cluster');
  const partitions = Array.from({ length: shards }, (_, shard) => shardPartition(indexes[0]!.id, shard));
  const log = connect(cluster!.port + 1);
  await until('the log has let go of all but the last', async () => {
    const [heads, earliest] = await Promise.all([log.heads(partitions), log.earliest(partitions)]);
    return heads.every((head, i) => head - earliest[i]! <= keptEntries + documentsPerBody);
  });
  await log.close();
  await until('the file has given back its space', async () => bytesOf(logFolder) <= trimmedBytesMax);
}

/** From the last life of the leaf, what it said of replicas that it fetched. */
function fetched(): { readonly count: number; readonly bytes: number } {
  const lines = readFileSync(join(data, 'telemetry', 'leaf-0.ndjson'), 'utf8')
    .trim()
    .split('\n');
  const said = lines.map((line) => JSON.parse(line) as { readonly msg: string; readonly bytes?: number });
  const life = said.slice(said.findLastIndex(({ msg }) => msg === 'the leaf listens'));
  const copies = life.filter(({ msg }) => msg === 'a replica was fetched from storage');
  return { count: copies.length, bytes: copies.reduce((sum, { bytes = 0 }) => sum + bytes, 0) };
}

console.log(`seed ${seed}`);
try {
  await start([]);
  const schema = { fields: { id: { kind: 'keyword' }, n: { kind: 'integer' } }, dynamic: 'false' };
  await ask('PUT', '/v1/indexes/books', JSON.stringify({ shards, replicas: 1, schema }));
  const filledAt = performance.now();
  const written = await fill(gigabytes * 1e9);
  const filledMs = performance.now() - filledAt;
  console.log(`written: ${megabytes(written)} in ${seconds(filledMs)}, ${keys} keys`);
  await check('without object storage');
  await stop();
  console.log(
    `on disk before: the log ${megabytes(bytesOf(logFolder))}, the leaf ${megabytes(bytesOf(join(data, 'leaf-0')))}`,
  );
  await startOfLog(empty);
  await tellStarts('before');

  await start(stored);
  await untilTrimmed();
  await check('trimmed');
  await stop();
  const [ofLog, ofStore] = [bytesOf(logFolder), bytesOf(join(folder, 'storage'))];
  console.log(`on disk after: the log ${megabytes(ofLog)}, object storage ${megabytes(ofStore)}`);
  if ((await tellStarts('after')) > startMsMax) process.exitCode = 1;

  rmSync(join(data, 'leaf-0'), { recursive: true });
  const startedAt = performance.now();
  await start(stored);
  await check('a leaf without a disk');
  const { count, bytes } = fetched();
  console.log(
    `it fetched ${count} replicas, ${megabytes(bytes)}, ${seconds(performance.now() - startedAt)} after the command`,
  );
  if (count !== shards) process.exitCode = 1;
} finally {
  await stop();
  rmSync(folder, { recursive: true, force: true });
}
