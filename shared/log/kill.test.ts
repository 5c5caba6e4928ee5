/** A real log process, killed without warning again and again while appends are under way. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../random/random.ts';
import { silentTelemetry } from '../telemetry/telemetry.ts';
import { textBatch, textOf } from './batch.fixture.ts';
import { batchHeaderBytes } from './batch.ts';
import { connectLog } from './client.ts';
import type { Log } from './log.ts';
import { startLog } from './main.ts';
import { freePort } from '../../tests/cluster/free-port.ts';

const seed = 20_261;
const kills = 4;
const partitions = ['a', 'b', 'c'];

const script = `
  import { startLog } from ${JSON.stringify(new URL('./main.ts', import.meta.url).href)};
  import { silentTelemetry } from ${JSON.stringify(new URL('../telemetry/telemetry.ts', import.meta.url).href)};
  const [data, port] = process.argv.slice(-2);
  await startLog({ host: '127.0.0.1', port: Number(port), data }, silentTelemetry);
  process.stdout.write('ready');
`;

/** A log in a process of its own: what belongs to it ends with the test, whatever becomes of that. */
class KilledLog {
  readonly data: string;
  /** What else is to be closed, the last first. */
  readonly open = new AsyncDisposableStack();
  private readonly port: number;
  private readonly over = new AbortController();
  private child: ChildProcess | undefined;

  static async start(t: TestContext): Promise<KilledLog> {
    const log = new KilledLog(await mkdtemp(join(tmpdir(), 'sheaf-kill-')), await freePort());
    t.after(() => log.end());
    await log.spawn();
    return log;
  }

  private constructor(data: string, port: number) {
    this.data = data;
    this.port = port;
    this.open.defer(() => rm(data, { recursive: true }));
    this.open.defer(() => this.kill());
  }

  get isOver(): boolean {
    return this.over.signal.aborted;
  }

  connect(producer: string, random: () => number): Log {
    const client = connectLog({ address: { host: '127.0.0.1', port: this.port }, random, producer });
    this.open.defer(() => client.close());
    return client;
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.spawn();
  }

  async kill(): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** Rejects when the test is over, so that nothing waits on for what will not be. */
  async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.over.signal });
  }

  /** Works go on beside the test until it waits for them; what fails of them is told there. */
  beside(works: readonly Promise<void>[]): { done(): Promise<unknown> } {
    const all = Promise.all(works);
    all.catch(() => undefined);
    return { done: () => all };
  }

  private async end(): Promise<void> {
    this.over.abort();
    await this.open.disposeAsync();
  }

  private async spawn(): Promise<void> {
    const child = spawn(process.execPath, ['--eval', script, this.data, String(this.port)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.child = child;
    const [word] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
    assert.equal(String(word), 'ready');
  }
}

test(`kill -9, ${kills} times: every acknowledged entry is there, none twice (seed ${seed})`, async (t) => {
  const killed = await KilledLog.start(t);
  const random = createRandom(seed);
  const log = killed.connect('kill', () => random.next());
  const acknowledged = new Map<string, string>();
  const tailed = new Map<string, string>(partitions.map((partition) => [partition, '']));
  for (const partition of partitions) {
    log.subscribe(partition, 0, (batch) => {
      tailed.set(partition, tailed.get(partition)! + textOf(batch));
    });
  }

  const stopping = new AbortController();
  let next = 0;
  // Each append writes its number into two partitions; eight are under way at any time.
  const write = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const text = `${next++};`;
      const pair = random.shuffle(partitions).slice(0, 2);
      const batches = pair.map((partition) => textBatch(partition, text));
      const appended = await log.append(batches, { timeoutMs: 30_000 });
      for (const { partition, firstOffset } of appended) acknowledged.set(`${partition}/${firstOffset}`, text);
    }
  };
  const writers = killed.beside(Array.from({ length: 8 }, () => write()));
  for (let count = 0; count < kills; count++) {
    const before = acknowledged.size;
    while (acknowledged.size < before + 20) await killed.pause(1);
    await killed.pause(random.integer(0, 60));
    await killed.restart();
  }
  stopping.abort();
  await writers.done();
  const heads = await log.heads(partitions);
  await killed.kill();
  await log.close();

  const stored = await readAll(killed, heads);
  assert.ok(acknowledged.size > 2 * 20 * kills);
  for (const [place, text] of acknowledged) assert.equal(stored.get(place), text, `${place} was acknowledged`);
  // Every append was acknowledged in the end, so anything beside those is a double.
  assert.equal(stored.size, acknowledged.size);
  // The tail that lived through the kills has missed nothing it was sent, and seen nothing twice.
  for (const [partition, text] of tailed) {
    const whole = partitionText(stored, partition);
    assert.ok(whole.startsWith(text) && text.length > 0, `tail of ${partition}`);
  }
});

test(`kill -9: what is sent again under its key, through another client, is there once (seed ${seed})`, async (t) => {
  const killed = await KilledLog.start(t);
  const random = createRandom(seed);
  const connect = (): Log => killed.connect(randomUUID(), () => random.next());
  let log = connect();
  const progress = { sent: 0 };
  const stopping = new AbortController();
  // Whoever gets no answer asks again under the same key, with whichever client there is then.
  const write = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const key = `key-${progress.sent++}`;
      const batch = textBatch(partitions[0]!, `${key};`);
      const ranges = [{ batch: 0, count: 1, start: batchHeaderBytes, end: batch.bytes.length }];
      const send = (): Promise<unknown> => log.appendOnce([batch], [{ key, digest: 'd', ranges }], { timeoutMs: 50 });
      const isRecorded = (): Promise<boolean> =>
        send().then(
          () => true,
          () => false,
        );
      while (!killed.isOver && !(await isRecorded()));
    }
  };
  const writers = killed.beside(Array.from({ length: 8 }, () => write()));
  for (let count = 0; count < kills; count++) {
    const enough = progress.sent + 50;
    while (progress.sent < enough) await killed.pause(1);
    await killed.pause(random.integer(0, 30));
    await killed.restart();
    const old = log;
    log = connect();
    await old.close();
  }
  stopping.abort();
  await writers.done();
  const heads = await log.heads(partitions);
  await killed.kill();
  await log.close();
  const stored = await readAll(killed, heads.slice(0, 1));
  const keys = [...stored.values()].join('').split(';').slice(0, -1);
  assert.equal(keys.length, progress.sent);
  assert.equal(new Set(keys).size, progress.sent);
});

test(`kill -9 under trims: none is undone, and a subscriber gets every entry once (seed ${seed})`, async (t) => {
  const killed = await KilledLog.start(t);
  const random = createRandom(seed);
  const log = killed.connect('kill', () => random.next());
  const partition = partitions[0]!;
  const acknowledged = new Map<number, string>();
  const tailed = new Map<number, string>();
  const refusals: string[] = [];
  let earliest = 0;
  log.subscribe(
    partition,
    0,
    (batch) => {
      assert.equal(tailed.has(batch.firstOffset), false);
      tailed.set(batch.firstOffset, textOf(batch));
    },
    ({ code }) => refusals.push(code),
  );
  const stopping = new AbortController();
  const write = async (): Promise<void> => {
    for (let i = 0; !stopping.signal.aborted; i++) {
      const [appended] = await log.append([textBatch(partition, `${i};`)], { timeoutMs: 30_000 });
      acknowledged.set(appended!.firstOffset, `${i};`);
    }
  };
  // Up to what the subscriber has read, the last of it included.
  const trim = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const trimmed = await log.trim(partition, tailed.size, { timeoutMs: 30_000 });
      assert.ok(trimmed >= earliest, `${trimmed} after ${earliest}`);
      earliest = trimmed;
      await killed.pause(random.integer(0, 20));
    }
  };
  const working = killed.beside([write(), write(), write(), trim()]);
  for (let count = 0; count < kills; count++) {
    const enough = acknowledged.size + 100;
    while (acknowledged.size < enough) await killed.pause(1);
    await killed.pause(random.integer(0, 30));
    await killed.restart();
  }
  stopping.abort();
  await working.done();
  const [[head], [after]] = await Promise.all([log.heads([partition]), log.earliest([partition])]);
  while (!tailed.has(head!) && refusals.length === 0) await killed.pause(1);
  await log.close();
  await killed.kill();
  assert.deepEqual(refusals, []);
  assert.ok(after! >= earliest && earliest > 100, `trimmed to ${after}, after ${earliest}`);
  assert.deepEqual(
    new Map([...tailed].filter(([offset]) => acknowledged.has(offset))),
    new Map([...acknowledged].toSorted(([a], [b]) => a - b)),
  );
  assert.equal(tailed.size, head! + 1);
});

/** Everything in the log, by partition and offset. Each batch has one entry. */
async function readAll({ data, open }: KilledLog, heads: readonly number[]): Promise<Map<string, string>> {
  const server = await startLog({ host: '127.0.0.1', port: 0, data }, silentTelemetry);
  open.defer(() => server.close());
  const log = connectLog({ address: { host: '127.0.0.1', port: server.port }, random: () => 0, producer: 'reader' });
  open.defer(() => log.close());
  const stored = new Map<string, string>();
  await Promise.all(
    partitions.slice(0, heads.length).map(async (partition, index) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      log.subscribe(partition, 0, (batch) => {
        const { firstOffset } = batch;
        stored.set(`${partition}/${firstOffset}`, textOf(batch));
        if (firstOffset === heads[index]) resolve();
      });
      await promise;
    }),
  );
  return stored;
}

function partitionText(stored: ReadonlyMap<string, string>, partition: string): string {
  const places = [...stored.keys()].filter((place) => place.startsWith(`${partition}/`));
  const offsetOf = (place: string): number => Number(place.slice(partition.length + 1));
  return places
    .sort((a, b) => offsetOf(a) - offsetOf(b))
    .map((place) => stored.get(place))
    .join('');
}
