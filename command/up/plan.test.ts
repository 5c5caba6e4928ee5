import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig, type RootConfig } from '../../shared/config/read.ts';
import type { KafkaSource } from '../../shared/discovery/log-source.ts';
import { createProgram, type Run } from '../program.ts';
import { planProcesses, startingLine } from './plan.ts';

/** What the command line of a process says, read as the process reads it. */
async function readBack(args: readonly string[]): Promise<object> {
  let config: object = {};
  const read: Run = (role, flags) => {
    config = readConfig(role, flags, { SHEAF_LEAVES: '2', SHEAF_PORT: '1' });
    return Promise.resolve(0);
  };
  const program = createProgram('0', read, assert.fail);
  await program.parseAsync(args, { from: 'user' });
  return config;
}

test('planProcesses: every process reads back what up was told, whatever the environment says', async () => {
  const flags = {
    port: '8000',
    host: '0.0.0.0',
    data: '/d',
    leaves: '2',
    roots: '2',
    secretFile: '/d/secret',
    refreshMs: '50',
    lagMaxMs: '7000',
    coverageMin: '0.5',
  };
  const processes = planProcesses(readConfig('up', flags, {}));
  const inner = '127.0.0.1';
  const log = { host: inner, port: 8001 };
  const bounds = {
    timeoutMs: 1000,
    timeoutMsMax: 60_000,
    lagMaxMs: 7000,
    skipShardsFrom: 16,
    logKeptEntries: 100_000,
    coverageMin: 0.5,
    hedging: 'on',
    spread: 'even',
    createIndexes: 'never',
    rolloverCheckMs: 10_000,
    lingerMs: 0,
    bodyBytesMax: 917_504,
    bulkBytesMax: 2 ** 30,
    traceShare: 1,
    replicas: 2,
  };
  const door = { connectionsMax: 4096, headTimeoutMs: 20_000, requestTimeoutMs: 60_000, bodyIdleMs: 30_000 };
  const secretFile = '/d/secret';
  const peers = { ...door, secretFile, insecure: false };
  const leaf = (i: number) => ({ name: `leaf-${i}`, host: inner, port: 8010 + i, data: `/d/leaf-${i}`, log, ...peers });
  const pins = { pinKeepMs: 60_000, pinsMax: 1024 };
  const snapshots = { snapshotMs: 60_000, snapshotBytesPerSecond: 104_857_600 };
  const pace = { refreshMs: 50, commitMs: 5000, drainMs: 25_000, ...snapshots };
  const rest = { ...pace, ...pins, emulatedTaskMs: 0, telemetryLevel: 'info' };
  const leaves = { kind: 'file', path: '/d/leaves.list' };
  const kafka = { kafkaReplication: 0, kafkaMinInSync: 0, kafkaIndexesMax: 1000 };
  const kept = { snapshotMs: 60_000, idempotencyRetentionMs: 3_600_000, ...kafka };
  const ofRoot = { ...door, secretFile, leaves, log, ...bounds, ...kept, telemetryLevel: 'info' };
  const expected = {
    log: { ...log, ...peers, data: '/d/log', idempotencyRetentionMs: 3_600_000, telemetryLevel: 'info' },
    'leaf-0': { ...leaf(0), ...rest },
    'leaf-1': { ...leaf(1), ...rest },
    root: { host: '0.0.0.0', port: 8000, ...ofRoot },
    'root-1': { host: '0.0.0.0', port: 8002, ...ofRoot },
  };
  const actual = await Promise.all(processes.map(async ({ name, args }) => [name, await readBack(args)] as const));
  assert.deepEqual(Object.fromEntries(actual), expected);
  assert.deepEqual(
    processes.map(({ port }) => port),
    [8001, 8010, 8011, 8000, 8002],
  );
});

test('planProcesses: over Kafka no log is started, leaves and roots are told of the brokers, and roots how topics are made', async () => {
  const kafka = { kafkaReplication: '3', kafkaMinInSync: '2', kafkaIndexesMax: '7' };
  const flags = { port: '8000', leaves: '1', roots: '1', log: 'kafka:a:1,b:2/blue', ...kafka };
  const processes = planProcesses(readConfig('up', flags, {}));
  const read = await Promise.all(processes.map(async ({ name, args }) => [name, await readBack(args)] as const));
  const log = {
    kafka: [
      { host: 'a', port: 1 },
      { host: 'b', port: 2 },
    ],
    name: 'blue',
  };
  const told = read.map(([name, config]) => [name, (config as { log: object }).log]);
  assert.deepEqual(told, [
    ['leaf-0', log],
    ['root', log],
  ]);
  const { kafkaReplication, kafkaMinInSync, kafkaIndexesMax } = read[1]![1] as RootConfig;
  assert.deepEqual([kafkaReplication, kafkaMinInSync, kafkaIndexesMax], [3, 2, 7]);
});

// Each row: the log that up was told of, what it says that it starts.
const lines: [log: KafkaSource | undefined, line: string][] = [
  [undefined, 'Starting the log, 2 leaves and 1 root; data in /d'],
  [
    { kafka: [{ host: 'a', port: 1 }], name: 'sheaf' },
    'Starting 2 leaves and 1 root over kafka:a:1; data of the leaves in /d',
  ],
];
for (const [log, line] of lines) {
  test(`startingLine: ${line}`, () => {
    assert.equal(startingLine({ leaves: 2, roots: 1, data: '/d', ...(log === undefined ? {} : { log }) }), line);
  });
}
