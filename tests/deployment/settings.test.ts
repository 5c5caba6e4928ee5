/** Names, ports, probes and variables of k8s/ are those the code has. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { readConfig } from '../../shared/config/read.ts';
import { settings, settingsOf } from '../../shared/config/table.ts';
import { startCluster } from '../cluster/start.ts';
import { kubectlMissing, overlays, render, type Manifest } from './manifests.fixture.ts';

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly fieldRef: { readonly fieldPath: string } };
}

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly env: readonly Variable[];
  readonly envFrom: readonly { readonly configMapRef: { readonly name: string } }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly securityContext: object;
  readonly resources: {
    readonly requests: Readonly<Record<string, string>>;
    readonly limits: Readonly<Record<string, string>>;
  };
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
  readonly startupProbe: Probe;
}

interface Workload extends Manifest {
  readonly spec: {
    readonly replicas: number;
    readonly serviceName?: string;
    readonly podManagementPolicy?: string;
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: {
        readonly containers: readonly [Container];
        readonly enableServiceLinks: boolean;
        readonly serviceAccountName?: string;
        readonly automountServiceAccountToken: boolean;
        readonly terminationGracePeriodSeconds: number;
        readonly securityContext: { readonly runAsNonRoot: boolean; readonly fsGroup: number };
        readonly volumes?: readonly { readonly name: string; readonly secret?: object }[];
      };
    };
  };
}

const processes = ['log', 'leaf', 'root'] as const;
type Process = (typeof processes)[number];

interface PolicyRule {
  readonly from?: readonly { readonly podSelector?: object }[];
  readonly to?: readonly { readonly podSelector?: object }[];
  readonly ports: readonly object[];
}

interface NetworkPolicy extends Manifest {
  readonly spec: {
    readonly podSelector: object;
    readonly policyTypes: readonly string[];
    readonly ingress: readonly PolicyRule[];
    /** Absent where it may speak to nobody. */
    readonly egress?: readonly PolicyRule[];
  };
}

const podsOf = (role: Process) => ({ matchLabels: { 'app.kubernetes.io/name': `sheaf-${role}` } });

/** What Kubernetes knows of a pod, as far as variables may be made of it. */
const fields = (role: string): Readonly<Record<string, string>> => ({
  'metadata.name': `sheaf-${role}-0`,
  "metadata.labels['topology.kubernetes.io/zone']": 'eu-1a',
});

function cluster(overlay: string) {
  const manifests = render(overlay);
  const find = <T extends Manifest>(kind: string, name: string): T => {
    const found = manifests.find((one) => one.kind === kind && one.metadata.name.startsWith(name));
    assert(found !== undefined, `no ${kind} ${name}`);
    return found as T;
  };
  const workload = (role: string) => find<Workload>(role === 'root' ? 'Deployment' : 'StatefulSet', `sheaf-${role}`);
  const shared = find<Manifest & { readonly data: Record<string, string> }>('ConfigMap', 'sheaf-settings');
  const environment = (role: string): Record<string, string> => {
    const [container] = workload(role).spec.template.spec.containers;
    assert.deepEqual(container.envFrom, [{ configMapRef: { name: shared.metadata.name } }]);
    const own = container.env.map(({ name, value, valueFrom }): [string, string] => {
      if (value !== undefined) return [name, value];
      return [name, fields(role)[valueFrom!.fieldRef.fieldPath]!];
    });
    return { ...shared.data, ...Object.fromEntries(own) };
  };
  return { manifests, find, workload, environment };
}

const triesMax = 1500;

async function untilOk(url: string): Promise<void> {
  for (let status = 0, tries = 0; status !== 200; tries++) {
    assert(tries < triesMax, `${url} answers ${status} the ${tries}th time`);
    ({ status } = await fetch(url));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

for (const overlay of overlays) {
  const at = `k8s/overlays/${overlay}`;
  const skip = kubectlMissing;

  test(`${at}: every variable is a setting, of the process that is given it or of another`, { skip }, () => {
    const { environment } = cluster(overlay);
    const variables = new Set(settings.map(({ variable }) => variable));
    for (const role of processes) {
      for (const name of Object.keys(environment(role))) assert(variables.has(name), `${role}: ${name}`);
    }
  });

  test(`${at}: every process reads its settings, and they fit one another`, { skip }, () => {
    const { environment, find, workload } = cluster(overlay);
    const [log, leaf, root] = [
      readConfig('log', {}, environment('log')),
      readConfig('leaf', {}, environment('leaf')),
      readConfig('root', {}, environment('root')),
    ];
    const ports = { log: log.port, leaf: leaf.port, root: root.port };
    for (const role of processes) {
      const [container] = workload(role).spec.template.spec.containers;
      assert.deepEqual(container.ports, [{ name: 'http', containerPort: ports[role] }]);
      assert.deepEqual(container.args, [role]);
      const service = find<
        Manifest & { readonly spec: { ports: { name: string; port: number; targetPort: string }[] } }
      >('Service', `sheaf-${role}`);
      assert.deepEqual(
        service.spec.ports.map(({ name, port, targetPort }) => [name, port, targetPort]),
        // Clients find the root where HTTP is.
        [['http', role === 'root' ? 80 : ports[role], 'http']],
      );
    }
    assert.equal(leaf.name, 'sheaf-leaf-0');
    assert.deepEqual([leaf.zone, root.zone], ['eu-1a', 'eu-1a']);
    assert.deepEqual([log.host, leaf.host, root.host], ['0.0.0.0', '0.0.0.0', '0.0.0.0']);
    for (const { log: source } of [leaf, root]) assert.deepEqual(source, { namespace: null, service: 'sheaf-log' });
    assert.deepEqual(root.leaves, { kind: 'kubernetes', namespace: null, service: 'sheaf-leaf' });
    const graceMs = workload('root').spec.template.spec.terminationGracePeriodSeconds * 1000;
    assert(graceMs >= root.lingerMs + root.timeoutMsMax, 'a search may last longer than the root');
    const leafGraceMs = workload('leaf').spec.template.spec.terminationGracePeriodSeconds * 1000;
    assert(leafGraceMs > leaf.drainMs, 'a leaf is killed while it hands over');
    assert(leaf.drainMs >= leafGraceMs - 10_000, 'a leaf gives up long before it has to');
  });

  test(
    `${at}: the leaves' service is headless and names pods that are not ready, under the port that roots look for`,
    { skip },
    () => {
      const { find, workload } = cluster(overlay);
      const { spec } = find<Manifest & { readonly spec: Record<string, unknown> }>('Service', 'sheaf-leaf');
      assert.deepEqual([spec['clusterIP'], spec['publishNotReadyAddresses']], ['None', true]);
      assert.equal(workload('leaf').spec.serviceName, 'sheaf-leaf');
    },
  );

  test(`${at}: roots and leaves may ask for EndpointSlices, are let out to ask, and the log is not`, { skip }, () => {
    const { find, workload } = cluster(overlay);
    const { rules } = find<Manifest & { readonly rules: unknown }>('Role', 'sheaf-discovery');
    const rule = { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] };
    assert.deepEqual(rules, [rule]);
    const { subjects } = find<Manifest & { readonly subjects: unknown }>('RoleBinding', 'sheaf-discovery');
    const discovering = processes.filter((role) => role !== 'log');
    assert.deepEqual(
      new Set((subjects as { kind: string; name: string }[]).map(({ kind, name }) => `${kind} ${name}`)),
      new Set(discovering.map((role) => `ServiceAccount sheaf-${role}`)),
    );
    const server = { ports: [443, 6443].map((port) => ({ port, protocol: 'TCP' })) };
    for (const role of processes) {
      const { serviceAccountName, automountServiceAccountToken } = workload(role).spec.template.spec;
      const asks = role !== 'log';
      assert.deepEqual([serviceAccountName, automountServiceAccountToken], [asks ? `sheaf-${role}` : undefined, asks]);
      const { egress = [] } = find<NetworkPolicy>('NetworkPolicy', `sheaf-${role}`).spec;
      assert.equal(
        egress.some((each) => isDeepStrictEqual(each, server)),
        asks,
        role,
      );
    }
  });

  test(`${at}: probes ask what the processes answer`, { skip }, async (t) => {
    const { workload } = cluster(overlay);
    const running = await startCluster({ leaves: 1 });
    t.after(() => running.stop());
    const ports = { root: running.port, log: running.port + 1, leaf: running.port + 10 };
    // The root is ready once it takes requests; the leaf follows when it has heard from it.
    await untilOk(
      `http://127.0.0.1:${ports.leaf}${workload('leaf').spec.template.spec.containers[0].readinessProbe.httpGet.path}`,
    );
    for (const role of processes) {
      const [{ livenessProbe, readinessProbe, startupProbe }] = workload(role).spec.template.spec.containers;
      for (const { httpGet } of [livenessProbe, readinessProbe, startupProbe]) {
        assert.equal(httpGet.port, 'http');
        const { status } = await fetch(`http://127.0.0.1:${ports[role]}${httpGet.path}`);
        assert.equal(status, 200, `${role} ${httpGet.path}`);
      }
      // A process that lives is restarted only when it does not answer; one that is not ready is only not asked.
      assert.notEqual(livenessProbe.httpGet.path, readinessProbe.httpGet.path);
      assert.equal(startupProbe.httpGet.path, livenessProbe.httpGet.path);
    }
  });

  test(`${at}: nobody is root, file systems cannot be written but where data is mounted`, { skip }, () => {
    const { workload, environment } = cluster(overlay);
    for (const role of processes) {
      const { spec } = workload(role);
      const pod = spec.template.spec;
      const [container] = pod.containers;
      assert.equal(pod.securityContext.runAsNonRoot, true);
      assert.deepEqual(container.securityContext, {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      const mounts = container.volumeMounts.map(({ mountPath }) => mountPath);
      const data = settingsOf(role).some(({ name }) => name === 'data') ? [environment(role)['SHEAF_DATA'] ?? '?'] : [];
      assert.deepEqual(mounts, [...data, '/secret', '/tmp']);
      const volumes = [...(pod.volumes ?? []), ...(spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata)];
      assert.deepEqual(volumes.map(({ name }) => name).sort(), container.volumeMounts.map(({ name }) => name).sort());
      // A service named sheaf would make Kubernetes set SHEAF_PORT to something that is no port.
      assert.equal(pod.enableServiceLinks, false);
    }
  });

  test(`${at}: every process has the secret where it looks for it, and may read it`, { skip }, () => {
    const { workload, environment } = cluster(overlay);
    for (const role of processes) {
      const pod = workload(role).spec.template.spec;
      const [{ volumeMounts }] = pod.containers;
      assert.equal(environment(role)['SHEAF_SECRET_FILE'], '/secret/secret');
      assert.deepEqual(
        volumeMounts.filter(({ name }) => name === 'secret'),
        [{ name: 'secret', mountPath: '/secret', readOnly: true }],
      );
      const volume = (pod.volumes ?? []).find(({ name }) => name === 'secret');
      assert.deepEqual(volume?.secret, { secretName: 'sheaf-secret', defaultMode: 0o440 });
      // Files of a secret are root's, and of the group that is named here.
      assert.equal(pod.securityContext.fsGroup, 10_001);
    }
  });

  test(`${at}: leaves are started together, and drained one at a time`, { skip }, () => {
    const { find, workload } = cluster(overlay);
    assert.equal(workload('leaf').spec.podManagementPolicy, 'Parallel');
    for (const role of ['root', 'leaf'] as const) {
      const { spec } = find<Manifest & { readonly spec: object }>('PodDisruptionBudget', `sheaf-${role}`);
      const selector = { matchLabels: { 'app.kubernetes.io/name': `sheaf-${role}` } };
      assert.deepEqual(spec, { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow', selector });
    }
  });

  test(`${at}: every process asks for memory and has an end of it`, { skip }, () => {
    const { workload } = cluster(overlay);
    for (const role of processes) {
      const { requests, limits } = workload(role).spec.template.spec.containers[0].resources;
      assert(requests.cpu !== undefined && requests.memory !== undefined && limits.memory !== undefined, role);
    }
  });

  // Each row: who listens, and who of the others may speak to it.
  const allowed: [to: Process, from: readonly Process[]][] = [
    ['log', ['leaf', 'root']],
    ['leaf', ['leaf', 'root']],
    ['root', []],
  ];
  for (const [to, from] of allowed) {
    test(
      `${at}: policies let ${from.join(' and ') || 'no pod of ours'} speak to the ${to}, both ways`,
      { skip },
      () => {
        const { find, workload } = cluster(overlay);
        const port = workload(to).spec.template.spec.containers[0].ports[0]!.containerPort;
        const policy = (role: Process) => find<NetworkPolicy>('NetworkPolicy', `sheaf-${role}`).spec;
        assert.deepEqual(policy(to).podSelector, podsOf(to));
        assert.deepEqual(policy(to).policyTypes, ['Ingress', 'Egress']);
        assert.deepEqual(
          policy(to).ingress.map(({ ports }) => ports),
          [[{ port, protocol: 'TCP' }]],
        );
        const comers = (policy(to).ingress[0]!.from ?? []).filter(({ podSelector }) => podSelector !== undefined);
        const goers = processes.filter((role) =>
          (policy(role).egress ?? []).some((rule) =>
            isDeepStrictEqual(rule, { to: [{ podSelector: podsOf(to) }], ports: [{ port, protocol: 'TCP' }] }),
          ),
        );
        assert.deepEqual(
          new Set(comers.map(({ podSelector }) => JSON.stringify(podSelector))),
          new Set(from.map((role) => JSON.stringify(podsOf(role)))),
        );
        assert.deepEqual(goers, from);
      },
    );
  }

  test(`${at}: every selector finds its pods`, { skip }, () => {
    const { manifests, workload } = cluster(overlay);
    const labels = processes.map((role) => workload(role).spec.template.metadata.labels);
    const selectors = JSON.stringify(manifests).matchAll(/"app\.kubernetes\.io\/name":"([^"]+)"/g);
    const known = new Set(labels.map((each) => each['app.kubernetes.io/name']));
    for (const [, name] of selectors) assert(known.has(name ?? ''), `no pod is named ${name}`);
    assert.equal(known.size, 3);
  });
}

test('k8s/overlays/production: three zones, and an image that is named', { skip: kubectlMissing }, () => {
  const { workload } = cluster('production');
  assert.deepEqual([workload('root').spec.replicas, workload('leaf').spec.replicas], [3, 6]);
  for (const role of ['root', 'leaf']) {
    const text = JSON.stringify(workload(role));
    assert.match(text, /"topologyKey":"topology\.kubernetes\.io\/zone","whenUnsatisfiable":"DoNotSchedule"/);
    assert.match(workload(role).spec.template.spec.containers[0].image, /^registry\.example\/sheaf:\d/);
  }
});
