/** compose.kafka.yaml, read rather than run: brokers that make one cluster, and processes that look for it where it is. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { readConfig } from '../../shared/config/read.ts';
import { settings } from '../../shared/config/table.ts';

const repository = join(import.meta.dirname, '../..');
const read = (name: string): string => readFileSync(join(repository, name), 'utf8');

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  /** Null: handed on from where compose is run, if it is there. */
  readonly environment: Readonly<Record<string, string | null>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly read_only?: boolean;
  readonly scale?: number;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: object;
  readonly stop_grace_period: string;
}

type Services = Readonly<Record<string, Service>>;

const parseServices = (name: string): Services =>
  (parse(read(name), { merge: true }) as { services: Services }).services;
const services = parseServices('compose.kafka.yaml');
const brokers = ['kafka-1', 'kafka-2', 'kafka-3'];
const roots = ['root-1', 'root-2'];

/** What compose makes of a value: a variable that has to be there, or the value itself. */
function filledIn(service: Service, given: Readonly<Record<string, string>>): Record<string, string> {
  const filled: Record<string, string> = {};
  for (const [name, value] of Object.entries(service.environment)) {
    const needed = /^\$\{([A-Z_]+):\?.+\}$/.exec(value ?? '')?.[1];
    const found = value === null ? given[name] : needed === undefined ? value : given[needed];
    if (found !== undefined) filled[name] = found;
  }
  return filled;
}

test('compose.kafka.yaml: three brokers, two roots, leaves, and no process of the log', () => {
  assert.deepEqual(Object.keys(services), ['secret', ...brokers, 'leaf', ...roots]);
  assert.equal(services['leaf']!.scale, 3);
  for (const name of roots) assert.deepEqual(services[name]!.command, ['root']);
});

test('compose.kafka.yaml: brokers are told of one another, each by its own name and number, with a volume of its own', () => {
  const of = (name: string) => services[name]!.environment;
  const numbers = brokers.map((name) => of(name)['KAFKA_NODE_ID']);
  const voters = brokers.map((name, i) => `${numbers[i]}@${name}:9093`).join(',');
  assert.equal(new Set(numbers).size, 3);
  for (const name of brokers) {
    const environment = of(name);
    assert.equal(environment['KAFKA_CONTROLLER_QUORUM_VOTERS'], voters);
    assert.equal(environment['KAFKA_ADVERTISED_LISTENERS'], `PLAINTEXT://${name}:9092`);
    assert.equal(environment['KAFKA_LISTENERS'], 'PLAINTEXT://:9092,CONTROLLER://:9093');
    assert.equal(environment['KAFKA_PROCESS_ROLES'], 'broker,controller');
    assert.equal(environment['KAFKA_AUTO_CREATE_TOPICS_ENABLE'], 'false');
    assert.equal(environment['CLUSTER_ID'], of('kafka-1')['CLUSTER_ID']);
    assert.deepEqual(services[name]!.volumes, [`${name}:/var/lib/kafka/data`]);
    assert(environment['KAFKA_LOG_DIRS']!.startsWith('/var/lib/kafka/data/'));
    assert.equal(services[name]!.healthcheck?.test.at(-1), 'localhost:9092');
    assert.equal(services[name]!.ports, undefined, 'brokers ask nobody who they are');
  }
  // What Kafka takes as an id: 16 bytes.
  assert.equal(Buffer.from(of('kafka-1')['CLUSTER_ID']!, 'base64url').length, 16);
});

test('compose.kafka.yaml: brokers are of the version that the tests run', () => {
  const version = /<artifactId>kafka_2\.13<\/artifactId><version>([^<]+)</.exec(read('tests/kafka/pom.xml'))?.[1];
  for (const name of brokers) assert.equal(services[name]!.image, `apache/kafka:${version}`);
});

test('compose.kafka.yaml: roots and leaves look for the brokers, roots make topics that outlive one of them', () => {
  const variables = new Set(settings.map(({ variable }) => variable));
  const store = new Set(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION', 'AWS_ENDPOINT_URL_S3']);
  for (const name of ['leaf', ...roots]) {
    for (const variable of Object.keys(services[name]!.environment)) {
      assert(variables.has(variable) || store.has(variable), `${name}: ${variable}`);
    }
  }
  const log = { kafka: brokers.map((host) => ({ host, port: 9092 })), name: 'sheaf' };
  const leaf = readConfig('leaf', {}, filledIn(services['leaf']!, { SHEAF_SNAPSHOTS: 's3://bucket/prefix' }));
  assert.deepEqual(leaf.log, log);
  assert.equal(leaf.snapshots, 's3://bucket/prefix');
  for (const name of roots) {
    const root = readConfig('root', {}, filledIn(services[name]!, { SHEAF_SNAPSHOTS: 's3://bucket/prefix' }));
    assert.deepEqual(root.log, log);
    assert.equal(root.snapshots, 's3://bucket/prefix');
    assert.deepEqual(root.leaves, { kind: 'dns', address: { host: 'leaf', port: leaf.port } });
    assert.deepEqual([root.kafkaReplication, root.kafkaMinInSync], [3, 2]);
    assert.deepEqual(root.hosts, [name]);
  }
  const { environment } = services['kafka-1']!;
  assert.deepEqual(
    [environment['KAFKA_DEFAULT_REPLICATION_FACTOR'], environment['KAFKA_MIN_INSYNC_REPLICAS']],
    ['3', '2'],
  );
});

test('compose.kafka.yaml: keys to the bucket are needed and are not in the file', () => {
  for (const service of ['leaf', ...roots]) {
    const { environment } = services[service]!;
    for (const name of ['SHEAF_SNAPSHOTS', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) {
      assert.match(environment[name] ?? '', new RegExp(`^\\$\\{${name}:\\?[^}]+\\}$`));
    }
    for (const name of ['AWS_REGION', 'AWS_ENDPOINT_URL_S3']) assert.equal(environment[name], null);
  }
  assert(read('.gitignore').split('\n').includes('.env'));
  // Such an environment starts no leaf, rather than one that keeps nothing.
  assert.equal(filledIn(services['leaf']!, {})['SHEAF_SNAPSHOTS'], undefined);
});

test('compose.kafka.yaml: roots and leaves are those of compose.yaml, but for the log, the bucket and their number', () => {
  const plain = parseServices('compose.yaml');
  const without = (service: Service, names: readonly string[]): object => {
    const { environment, scale: _scale, ports: _ports, ...rest } = service;
    const left = Object.entries(environment).filter(([name]) => !names.includes(name) && !name.startsWith('AWS_'));
    return { ...rest, environment: Object.fromEntries(left) };
  };
  const other = ['SHEAF_LOG', 'SHEAF_SNAPSHOTS', 'SHEAF_KAFKA_REPLICATION', 'SHEAF_KAFKA_MIN_IN_SYNC', 'SHEAF_HOSTS'];
  const expected: readonly [string, string][] = [
    ['secret', 'secret'],
    ['leaf', 'leaf'],
    ['root-1', 'root'],
    ['root-2', 'root'],
  ];
  for (const [here, there] of expected) {
    assert.deepEqual(without(services[here]!, other), without(plain[there]!, other), here);
  }
  const ports = roots.flatMap((name) => services[name]!.ports ?? []);
  assert.deepEqual(ports, ['127.0.0.1:7700:7700', '127.0.0.1:7702:7700']);
});
