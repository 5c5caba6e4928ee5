import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheafError } from '../errors.ts';
import { readConfig, type ConfigFault } from './read.ts';
import { roles, type Role } from './table.ts';

function faultsOf(run: () => unknown): ConfigFault[] {
  try {
    run();
  } catch (error) {
    assert(error instanceof SheafError);
    assert.equal(error.code, 'CONFIG_INVALID');
    return error.detail['faults'] as ConfigFault[];
  }
  return [];
}

/** What each role is given when nothing is said: the interfaces of read.ts, checked against the table. */
const bounds = {
  timeoutMs: 1000,
  timeoutMsMax: 60_000,
  lagMaxMs: 10_000,
  logKeptEntries: 100_000,
  coverageMin: 1,
  skipShardsFrom: 16,
  hedging: 'on',
  spread: 'even',
  createIndexes: 'never',
  rolloverCheckMs: 10_000,
  lingerMs: 0,
  bodyBytesMax: 917_504,
  bulkBytesMax: 2 ** 30,
  traceShare: 1,
  replicas: 1,
};
const door = { connectionsMax: 4096, headTimeoutMs: 20_000, requestTimeoutMs: 60_000, bodyIdleMs: 30_000 };
const log = { host: '127.0.0.1', port: 7701 };
const leaves = { kind: 'static', leaves: [{ name: 'leaf-0', address: { host: '127.0.0.1', port: 7710 } }] };
const telemetryLevel = 'info';
const host = '127.0.0.1';
const pins = { pinKeepMs: 60_000, pinsMax: 1024 };
const snapshots = { snapshotMs: 60_000, snapshotBytesPerSecond: 104_857_600 };
const pace = { refreshMs: 200, commitMs: 5000, drainMs: 25_000, ...snapshots };
const url = 'http://127.0.0.1:7700';
const defaults: Record<Role, object> = {
  up: {
    kafkaReplication: 0,
    kafkaMinInSync: 0,
    kafkaIndexesMax: 1000,
    host,
    ...door,
    port: 7700,
    data: '.sheaf',
    leaves: 3,
    roots: 1,
    demo: false,
    ...pace,
    ...pins,
    idempotencyRetentionMs: 3_600_000,
    emulatedTaskMs: 0,
    ...bounds,
    replicas: 2,
    telemetryLevel,
  },
  scale: { data: '.sheaf', leaves: 4, yes: false },
  root: {
    host,
    ...door,
    port: 7700,
    leaves,
    log,
    ...bounds,
    snapshotMs: 60_000,
    idempotencyRetentionMs: 3_600_000,
    kafkaReplication: 0,
    kafkaMinInSync: 0,
    kafkaIndexesMax: 1000,
    telemetryLevel,
  },
  leaf: {
    name: 'leaf-0',
    host,
    ...door,
    port: 7710,
    data: '.sheaf/leaf-0',
    log,
    ...pace,
    ...pins,
    emulatedTaskMs: 0,
    insecure: false,
    telemetryLevel,
  },
  log: {
    host,
    insecure: false,
    ...door,
    port: 7701,
    data: '.sheaf/log',
    idempotencyRetentionMs: 3_600_000,
    telemetryLevel,
  },
  load: { url, shards: 16, dryRun: false, concurrency: 4, retryMs: 60_000 },
  index: { url, shards: 16, delete: false, json: false },
  get: { url, json: false },
  put: { url, create: false, patch: false, upsert: false, json: false },
  delete: { url, json: false },
  search: { url, json: false },
  count: { url, json: false },
  alias: { url, write: false, remove: false, dryRun: false, json: false },
  template: { url, json: false },
  analyze: { url, json: false },
  jobs: { url, json: false },
  source: { url, json: false },
  reindex: { url, back: false },
  snapshot: { url, delete: false, json: false },
  snapshots: { url, json: false },
  restore: { url, all: false, json: false },
  cluster: { url, eachShard: false, json: false },
  export: { url, force: false },
  entry: { log, url, skip: false, force: false },
};

test('readConfig: every role has its defaults', () => {
  for (const role of roles) {
    const flags: Record<string, string> = role === 'scale' ? { leaves: '4' } : {};
    assert.deepEqual(readConfig(role, flags, {}, { cores: 3 }), defaults[role], role);
  }
});

// Each row: role, what the command line says, what the environment says, the setting to look at, its value.
const values: [name: string, Role, Record<string, string>, Record<string, string>, string, unknown][] = [
  ['a variable wins over the default', 'log', {}, { SHEAF_PORT: '1' }, 'port', 1],
  ['a flag wins over a variable', 'log', { port: '2' }, { SHEAF_PORT: '1' }, 'port', 2],
  ['a wrong variable under a flag does not matter', 'log', { port: '2' }, { SHEAF_PORT: 'x' }, 'port', 2],
  ['an empty variable is absent', 'log', {}, { SHEAF_PORT: '' }, 'port', 7701],
  ['a leaf keeps its data under its name', 'leaf', { name: 'b' }, {}, 'data', '.sheaf/b'],
  ['a leaf keeps its data where it is told', 'leaf', { name: 'b', data: '/d' }, {}, 'data', '/d'],
  ['an address', 'leaf', { log: '[::1]:9' }, {}, 'log', { host: '[::1]', port: 9 }],
  ['a switch by variable', 'up', {}, { SHEAF_DEMO: 'true' }, 'demo', true],
  [
    'leaves by their service',
    'root',
    { leaves: 'dns:h:1' },
    {},
    'leaves',
    { kind: 'dns', address: { host: 'h', port: 1 } },
  ],
  ['a leaf that all can reach with a secret', 'leaf', { host: '::', secretFile: '/s' }, {}, 'host', '::'],
  ['a leaf that is told that all may ask', 'leaf', { host: '::', insecure: 'true' }, {}, 'host', '::'],
  ['a leaf that this machine reaches', 'leaf', { host: '[::1]' }, {}, 'host', '[::1]'],
  ['a log that this machine reaches by another address', 'log', { host: '127.8.0.1' }, {}, 'host', '127.8.0.1'],
  ['a root that all can reach', 'root', { host: '0.0.0.0' }, {}, 'host', '0.0.0.0'],
  ['one replica where there is one leaf', 'up', { leaves: '1' }, {}, 'replicas', 1],
  ['as many replicas as are asked for', 'up', { leaves: '3', replicas: '1' }, {}, 'replicas', 1],
  ['no log where up starts one', 'up', {}, {}, 'log', undefined],
  [
    'a log over Kafka that up does not start',
    'up',
    { log: 'kafka:h:1/blue' },
    {},
    'log',
    { kafka: [{ host: 'h', port: 1 }], name: 'blue' },
  ],
  ['a number with a fraction', 'root', { coverageMin: '0.5' }, {}, 'coverageMin', 0.5],
  ['the slash at the end of a URL goes', 'search', { url: 'https://h/p/' }, {}, 'url', 'https://h/p'],
  [
    'leaves with blanks between them',
    'root',
    { leaves: 'a=h:1, b=h:2' },
    {},
    'leaves',
    {
      kind: 'static',
      leaves: [
        { name: 'a', address: { host: 'h', port: 1 } },
        { name: 'b', address: { host: 'h', port: 2 } },
      ],
    },
  ],
];

for (const [name, role, flags, environment, setting, expected] of values) {
  test(`readConfig: ${name}`, () => {
    const config: object = readConfig(role, flags, environment);
    assert.deepEqual(Object.entries(config).find(([key]) => key === setting)?.[1], expected);
  });
}

test('readConfig: what is remembered takes the place of a default, and of nothing else', () => {
  const remembered = { leaves: '4', roots: '2' };
  const counts = (flags: Record<string, string>, environment: Record<string, string>) => {
    const config = readConfig('up', flags, environment, { cores: 1, remembered });
    return [config.leaves, config.roots, config.replicas];
  };
  assert.deepEqual(counts({}, {}), [4, 2, 2]);
  assert.deepEqual(counts({ leaves: '1' }, {}), [1, 2, 1]);
  assert.deepEqual(counts({}, { SHEAF_ROOTS: '1' }), [4, 1, 2]);
});

// Each row: role, command line, environment, the faults as name@from.
const faulty: [name: string, Role, Record<string, string>, Record<string, string>, string][] = [
  ['not a number', 'log', { port: '7x' }, {}, 'port@--port'],
  ['a port too high', 'log', {}, { SHEAF_PORT: '65536' }, 'port@SHEAF_PORT'],
  ['a fraction where a whole number belongs', 'log', { port: '1.5' }, {}, 'port@--port'],
  ['an empty flag', 'log', { data: '' }, {}, 'data@--data'],
  ['a place that is both', 'leaf', { snapshots: 'file:/a', restoreFrom: 'file:/a' }, {}, 'restoreFrom@--restore-from'],
  ['a share above 1', 'root', { coverageMin: '1.01' }, {}, 'coverageMin@--coverage-min'],
  ['two leaves with one name', 'root', { leaves: 'a=h:1,a=h:2' }, {}, 'leaves@--leaves'],
  ['two leaves at one address', 'root', { leaves: 'a=h:1,b=H:1' }, {}, 'leaves@--leaves'],
  ['a leaf without a name', 'root', { leaves: 'h:1' }, {}, 'leaves@--leaves'],
  ['a leaf name that is a path', 'leaf', { name: '../x' }, {}, 'name@--name'],
  ['an unknown level', 'log', { telemetryLevel: 'loud' }, {}, 'telemetryLevel@--telemetry-level'],
  ['neither true nor false', 'up', {}, { SHEAF_DEMO: 'yes' }, 'demo@SHEAF_DEMO'],
  ['a URL of another kind', 'load', { url: 'ftp://h' }, {}, 'url@--url'],
  ['no number of leaves to scale to', 'scale', {}, {}, 'leaves@--leaves'],
  ['a number of leaves to scale to that is none, once', 'scale', { leaves: 'x' }, {}, 'leaves@--leaves'],
  ['a setting of another role', 'log', { leaves: '2' }, {}, 'leaves@flag'],
  ['a default timeout over the longest', 'root', { timeoutMs: '9', timeoutMsMax: '8' }, {}, 'timeoutMs@timeoutMsMax'],
  ['more replicas than leaves', 'up', { leaves: '2', replicas: '3' }, {}, 'replicas@leaves'],
  ['a log of up that is a process elsewhere', 'up', { log: 'h:1' }, {}, 'log@--log'],
  ['a log of up that is a service of Kubernetes', 'up', {}, { SHEAF_LOG: 'kubernetes:log' }, 'log@--log'],
  ['no port for the last leaf', 'up', { leaves: '2', port: '65525' }, {}, 'port@leaves'],
  ['a leaf that all can reach and nobody has to prove', 'leaf', { host: '0.0.0.0' }, {}, 'host@--host'],
  ['a log that some can reach and nobody has to prove', 'log', {}, { SHEAF_HOST: '10.0.0.7' }, 'host@--host'],
  ['an IPv6 address that is not loopback', 'leaf', { host: '::' }, {}, 'host@--host'],
  ['several at once', 'leaf', { port: 'x', log: 'y' }, { SHEAF_NAME: ' ' }, 'name@SHEAF_NAME port@--port log@--log'],
];

for (const [name, role, flags, environment, expected] of faulty) {
  test(`readConfig: ${name} is a fault`, () => {
    const faults = faultsOf(() => readConfig(role, flags, environment));
    assert.equal(faults.map((fault) => `${fault.name}@${fault.from}`).join(' '), expected);
    for (const fault of faults) assert.notEqual(fault.expected, '');
  });
}

// Each row: a place with credentials in it, which it may not have, and how it is told.
const hushed: [Role, Record<string, string>, string][] = [
  ['leaf', { snapshots: 's3://AKIA:s3cr/3t+@bucket/prefix' }, 's3://***@bucket/prefix'],
  ['root', { restoreFrom: 's3cr3t@bucket' }, '***@bucket'],
  ['leaf', { log: 'kafka:us3r:s3cr3t@h:1/blue' }, 'kafka:***@h:1/blue'],
  ['root', { traceUrl: 'ftp://us3r:s3cr3t@h' }, 'ftp://***@h'],
  ['leaf', { snapshots: 's3://no_bucket' }, 's3://no_bucket'],
];
for (const [role, flags, told] of hushed) {
  test(`readConfig: a fault tells ${told}`, () => {
    assert.deepEqual(
      faultsOf(() => readConfig(role, flags, {})).map(({ value }) => value),
      [told],
    );
  });
}
