/** The manifests of k8s/ as the package kubernetes-models reads them: a second opinion on the schemas. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deployment, StatefulSet } from 'kubernetes-models/apps/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { Role, RoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1';
import { ConfigMap, Namespace, Service, ServiceAccount } from 'kubernetes-models/v1';
import { applied, kubectlMissing, renderFolder, type Manifest } from './manifests.fixture.ts';

type Model = new (data: never) => { validate(): void };

const models: Readonly<Record<string, Model>> = {
  ConfigMap,
  Deployment,
  Namespace,
  NetworkPolicy,
  PodDisruptionBudget,
  Role,
  RoleBinding,
  Service,
  ServiceAccount,
  StatefulSet,
};

function validate(manifest: Manifest): void {
  const Kind = models[manifest.kind];
  assert(Kind !== undefined, `there is no model for ${manifest.kind}`);
  new Kind(manifest as never).validate();
}

for (const [folder] of applied) {
  test(`k8s/${folder}: is what kubernetes-models says`, { skip: kubectlMissing }, () => {
    for (const manifest of renderFolder(folder)) validate(manifest);
  });
}

test('kubernetes-models: sees a field of another type', () => {
  const metadata = { name: 'x' };
  assert.throws(() => validate({ apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: 'http' }] } }));
});
