/** The overlays over Kafka: those that have a log of ours but for that log, and brokers that are where they are looked for. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { readConfig } from '../../shared/config/read.ts';
import { settings } from '../../shared/config/table.ts';
import { kafkaOverlays, kubectlMissing, render, renderFolder, type Manifest } from './manifests.fixture.ts';

const repository = join(import.meta.dirname, '../..');
const read = (name: string): string => readFileSync(join(repository, name), 'utf8');
const skip = kubectlMissing;

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly fieldRef: { readonly fieldPath: string } };
}

interface Workload extends Manifest {
  readonly spec: {
    readonly replicas: number;
    readonly serviceName?: string;
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
    readonly template: {
      readonly metadata: { readonly labels: object };
      readonly spec: {
        readonly enableServiceLinks: boolean;
        readonly containers: readonly [
          {
            readonly image: string;
            readonly env: readonly Variable[];
            readonly envFrom: readonly object[];
            readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
          },
        ];
      };
    };
  };
}

interface Policy extends Manifest {
  readonly spec: {
    readonly podSelector: object;
    readonly ingress: readonly object[];
    readonly egress: readonly object[];
  };
}

type Named = Readonly<Record<string, Manifest>>;

const named = (manifests: readonly Manifest[]): Named =>
  Object.fromEntries(manifests.map((each) => [`${each.kind} ${each.metadata.name}`, each]));

/** The name of generated settings ends with their digest. */
const withoutDigests = (manifests: readonly Manifest[]): Manifest[] =>
  JSON.parse(JSON.stringify(manifests).replaceAll(/sheaf-settings-[a-z0-9]{10}/g, 'sheaf-settings')) as Manifest[];

const brokersHere = {
  to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kafka' } } }],
  ports: [{ port: 9092, protocol: 'TCP' }],
};
const logThere = {
  to: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'sheaf-log' } } }],
  ports: [{ port: 7701, protocol: 'TCP' }],
};
const storage = { ports: [443, 9000].map((port) => ({ port, protocol: 'TCP' })) };
const storageSecret = { secretRef: { name: 'sheaf-storage', optional: true } };

for (const [overlay, below] of Object.entries(kafkaOverlays)) {
  const at = `k8s/overlays/${overlay}`;
  const load = () => [named(withoutDigests(render(overlay))), named(withoutDigests(render(below)))] as const;

  test(`${at}: has all of ${below} but the log, and nothing else`, { skip }, () => {
    const [here, there] = load();
    const ofLog = ['Service', 'StatefulSet', 'NetworkPolicy'].map((kind) => `${kind} sheaf-log`);
    assert.deepEqual(
      Object.keys(here),
      Object.keys(there).filter((name) => !ofLog.includes(name)),
    );
    assert.equal(Object.keys(there).length - Object.keys(here).length, ofLog.length);
    const changed = Object.keys(here).filter((name) => !isDeepStrictEqual(here[name], there[name]));
    assert.deepEqual(changed.sort(), [
      'ConfigMap sheaf-settings',
      'Deployment sheaf-root',
      'NetworkPolicy sheaf-leaf',
      'NetworkPolicy sheaf-root',
      'StatefulSet sheaf-leaf',
    ]);
    assert.doesNotMatch(JSON.stringify(here), /sheaf-log/);
  });

  test(`${at}: leaves and roots have the keys to object storage from a secret, if it is there`, { skip }, () => {
    const [here, there] = load();
    for (const name of ['StatefulSet sheaf-leaf', 'Deployment sheaf-root']) {
      const [workload, workloadThere] = [here, there].map((each) => each[name] as Workload);
      const { envFrom } = workload!.spec.template.spec.containers[0];
      assert.deepEqual(envFrom, [...workloadThere!.spec.template.spec.containers[0].envFrom, storageSecret]);
      const text = JSON.stringify(workload).replace(`,${JSON.stringify(storageSecret)}`, '');
      assert.deepEqual(JSON.parse(text), workloadThere);
    }
    assert.doesNotMatch(JSON.stringify(here['ConfigMap sheaf-settings']), /AWS_|SNAPSHOTS/);
  });

  test(`${at}: the same, but brokers for the log, and object storage`, { skip }, () => {
    const [here, there] = load();
    const egress = (manifests: Named, role: string) => (manifests[`NetworkPolicy sheaf-${role}`] as Policy).spec.egress;
    for (const role of ['root', 'leaf']) {
      const expected = egress(there, role).map((rule) => (isDeepStrictEqual(rule, logThere) ? brokersHere : rule));
      assert.deepEqual(egress(here, role), [...expected, storage]);
      assert(expected.includes(brokersHere));
    }
  });

  test(`${at}: settings are read, with two of three copies before anything is acknowledged`, { skip }, () => {
    const [here] = load();
    const { data } = here['ConfigMap sheaf-settings'] as Manifest & { readonly data: Record<string, string> };
    const variables = new Set(settings.map(({ variable }) => variable));
    for (const name of Object.keys(data)) assert(variables.has(name), name);
    const secret = { SHEAF_SNAPSHOTS: 's3://bucket/prefix' };
    const [root, leaf] = [
      readConfig('root', {}, { ...data, ...secret }),
      readConfig('leaf', {}, { ...data, ...secret }),
    ];
    const log = { kafka: [{ host: 'sheaf-kafka-bootstrap.kafka.svc', port: 9092 }], name: 'sheaf' };
    assert.deepEqual([root.log, leaf.log], [log, log]);
    assert.deepEqual([root.kafkaReplication, root.kafkaMinInSync], [3, 2]);
    assert.deepEqual([root.snapshots, leaf.snapshots], ['s3://bucket/prefix', 's3://bucket/prefix']);
  });
}

test(
  'k8s/kafka: three brokers, each by a name that its service gives it, and that the others are told',
  { skip },
  () => {
    const manifests = named(renderFolder('kafka'));
    const { metadata, spec } = manifests['StatefulSet sheaf-kafka'] as Workload;
    const [{ env, volumeMounts }] = spec.template.spec.containers;
    const values = Object.fromEntries(
      env.map(({ name, value, valueFrom }) => [name, value ?? valueFrom?.fieldRef.fieldPath]),
    );
    const host = (pod: string) => `${pod}.${spec.serviceName}.${metadata.namespace}.svc`;
    const pods = Array.from({ length: spec.replicas }, (_, ordinal) => `${metadata.name}-${ordinal}`);
    assert.equal(pods.length, 3);
    assert.equal(values['KAFKA_CONTROLLER_QUORUM_VOTERS'], pods.map((pod, i) => `${i}@${host(pod)}:9093`).join(','));
    assert.equal(values['KAFKA_NODE_ID'], "metadata.labels['apps.kubernetes.io/pod-index']");
    assert.equal(values['POD_NAME'], 'metadata.name');
    assert.equal(values['KAFKA_ADVERTISED_LISTENERS'], `PLAINTEXT://${host('$(POD_NAME)')}:9092`);
    assert.equal(Buffer.from(values['CLUSTER_ID']!, 'base64url').length, 16);
    // A variable is put into those after it alone.
    assert(env.findIndex(({ name }) => name === 'POD_NAME') < env.findIndex(({ name }) => name.includes('ADVERTISED')));
    const { name, mountPath } = volumeMounts[0]!;
    assert.equal(name, spec.volumeClaimTemplates?.[0]?.metadata.name);
    assert(values['KAFKA_LOG_DIRS']!.startsWith(`${mountPath}/`));
    assert.equal(spec.template.spec.enableServiceLinks, false);
    const headless = manifests[`Service ${spec.serviceName}`] as Manifest & { readonly spec: Record<string, unknown> };
    assert.deepEqual([headless.spec['clusterIP'], headless.spec['publishNotReadyAddresses']], ['None', true]);
  },
);

test(
  'k8s/kafka: brokers are of the version that the tests run, and set up as those of compose.kafka.yaml',
  { skip },
  () => {
    const { spec } = named(renderFolder('kafka'))['StatefulSet sheaf-kafka'] as Workload;
    const [{ image, env }] = spec.template.spec.containers;
    const version = /<artifactId>kafka_2\.13<\/artifactId><version>([^<]+)</.exec(read('tests/kafka/pom.xml'))?.[1];
    assert.equal(image, `apache/kafka:${version}`);
    const compose = parseAllDocuments(read('compose.kafka.yaml'), { merge: true })[0]!.toJS() as {
      services: Record<string, { environment: Record<string, string> }>;
    };
    const own = [
      'POD_NAME',
      'CLUSTER_ID',
      'KAFKA_NODE_ID',
      'KAFKA_CONTROLLER_QUORUM_VOTERS',
      'KAFKA_ADVERTISED_LISTENERS',
    ];
    const there = Object.entries(compose.services['kafka-1']!.environment).filter(([name]) => !own.includes(name));
    const here = env.filter(({ name }) => !own.includes(name)).map(({ name, value }) => [name, value] as const);
    assert.deepEqual(Object.fromEntries(here), Object.fromEntries(there));
  },
);

test('k8s/kafka: is where the settings look, and lets in who is let out there', { skip }, () => {
  const manifests = named(renderFolder('kafka'));
  const { data } = named(withoutDigests(render('kafka')))['ConfigMap sheaf-settings'] as Manifest & {
    readonly data: Record<string, string>;
  };
  const service = manifests['Service sheaf-kafka-bootstrap'] as Manifest & {
    readonly spec: { readonly selector: object; readonly ports: readonly { readonly port: number }[] };
  };
  const { name, namespace } = service.metadata;
  assert.equal(data['SHEAF_LOG'], `kafka:${name}.${namespace}.svc:${service.spec.ports[0]!.port}`);
  const { template } = (manifests['StatefulSet sheaf-kafka'] as Workload).spec;
  assert.deepEqual(template.metadata.labels, service.spec.selector);
  const policy = (manifests['NetworkPolicy sheaf-kafka'] as Policy).spec;
  assert.deepEqual(policy.podSelector, { matchLabels: service.spec.selector });
  assert.deepEqual(policy.ingress[0], {
    from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'sheaf' } } }],
    ports: brokersHere.ports,
  });
});

interface Strimzi extends Manifest {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels?: Record<string, string> };
  readonly spec: {
    readonly replicas?: number;
    readonly roles?: readonly string[];
    readonly template?: { readonly pod: { readonly topologySpreadConstraints: readonly object[] } };
    readonly kafka?: {
      readonly rack: object;
      readonly listeners: readonly { readonly port: number; readonly tls: boolean; readonly type: string }[];
      readonly config: Readonly<Record<string, unknown>>;
    };
  };
}

test('k8s/kafka/strimzi.yaml: three nodes in three zones, where the settings look', () => {
  const [pool, kafka, ...rest] = parseAllDocuments(read('k8s/kafka/strimzi.yaml')).map(
    (each) => each.toJS() as Strimzi,
  );
  assert.deepEqual([pool!.kind, kafka!.kind, rest], ['KafkaNodePool', 'Kafka', []]);
  assert.equal(pool!.metadata.labels?.['strimzi.io/cluster'], kafka!.metadata.name);
  assert.equal(pool!.metadata.namespace, kafka!.metadata.namespace);
  assert.deepEqual([pool!.spec.replicas, pool!.spec.roles], [3, ['controller', 'broker']]);
  assert.match(
    JSON.stringify(pool!.spec.template),
    /"topologyKey":"topology\.kubernetes\.io\/zone","whenUnsatisfiable":"DoNotSchedule"/,
  );
  const { listeners, config, rack } = kafka!.spec.kafka!;
  assert.deepEqual(rack, { topologyKey: 'topology.kubernetes.io/zone' });
  const [{ port, tls, type }, ...others] = listeners as [(typeof listeners)[0]];
  assert.deepEqual([tls, type, others], [false, 'internal', []]);
  // The service that Strimzi makes of a cluster.
  const bootstrap = `${kafka!.metadata.name}-kafka-bootstrap.${kafka!.metadata.namespace}.svc:${port}`;
  assert(read('k8s/components/kafka/settings.env').split('\n').includes(`SHEAF_LOG=kafka:${bootstrap}`));
  assert.deepEqual(
    [config['default.replication.factor'], config['min.insync.replicas'], config['auto.create.topics.enable']],
    [3, 2, false],
  );
});
