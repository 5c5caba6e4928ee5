/** What happens to a deployment over its life: drained, changed from one overlay to the other, deleted, compared. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { applied, kubectlMissing, overlays, render, renderFolder, type Manifest } from './manifests.fixture.ts';

const skip = kubectlMissing;

interface Spread {
  readonly topologyKey: string;
  readonly nodeTaintsPolicy?: string;
}

type WithSpec<T> = Manifest & { readonly spec: T };

const ofKind = <T>(overlay: string, kind: string): WithSpec<T>[] =>
  render(overlay).filter((manifest) => manifest.kind === kind) as WithSpec<T>[];

/** What may be changed of a StatefulSet that is there; anything else is refused by the API server. */
const mutable = new Set([
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
]);

function fixedParts(overlay: string): Record<string, unknown> {
  const sets = ofKind<Record<string, unknown>>(overlay, 'StatefulSet');
  return Object.fromEntries(
    sets.map(({ metadata, spec }) => {
      return [metadata.name, Object.fromEntries(Object.entries(spec).filter(([name]) => !mutable.has(name)))];
    }),
  );
}

test('k8s: an overlay can be applied over the other', { skip }, () => {
  const [local, production] = overlays.map(fixedParts);
  assert.deepEqual(Object.keys(local!).sort(), ['sheaf-leaf', 'sheaf-log']);
  assert.deepEqual(local, production);
});

/** Paths of the empty lists within a value. */
function emptyLists(value: unknown, path: string): string[] {
  if (Array.isArray(value) && value.length === 0) return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => emptyLists(each, `${path}/${name}`));
}

for (const overlay of overlays) {
  const at = `k8s/overlays/${overlay}`;

  test(`${at}: a node that is being drained counts for no spread`, { skip }, () => {
    const kinds = ['Deployment', 'StatefulSet'];
    const spreads = kinds.flatMap((kind) =>
      ofKind<{ template: { spec: { topologySpreadConstraints?: readonly Spread[] } } }>(overlay, kind).flatMap(
        ({ spec }) => spec.template.spec.topologySpreadConstraints ?? [],
      ),
    );
    assert(spreads.length >= 2, `only ${spreads.length} constraints`);
    for (const { nodeTaintsPolicy, topologyKey } of spreads) assert.equal(nodeTaintsPolicy, 'Honor', topologyKey);
  });

  test(`${at}: a pod that is not healthy keeps no node from being drained`, { skip }, () => {
    const budgets = ofKind<{ unhealthyPodEvictionPolicy?: string }>(overlay, 'PodDisruptionBudget');
    assert.equal(budgets.length, 2);
    for (const { spec } of budgets) assert.equal(spec.unhealthyPodEvictionPolicy, 'AlwaysAllow');
  });

  test(`${at}: deleting it leaves the namespace, and with it the volume of the log`, { skip }, () => {
    assert.deepEqual(ofKind(overlay, 'Namespace'), []);
    const log = ofKind<{ persistentVolumeClaimRetentionPolicy: object }>(overlay, 'StatefulSet').find(
      ({ metadata }) => metadata.name === 'sheaf-log',
    );
    assert.deepEqual(log!.spec.persistentVolumeClaimRetentionPolicy, { whenDeleted: 'Retain', whenScaled: 'Retain' });
    for (const { metadata } of render(overlay)) assert.equal(metadata.namespace, 'sheaf');
  });
}

test('k8s/kafka: deleting the brokers leaves their namespace, and with it their volumes', { skip }, () => {
  const manifests = renderFolder('kafka');
  const brokers = manifests.find(({ kind }) => kind === 'StatefulSet') as WithSpec<Record<string, unknown>>;
  assert.deepEqual(brokers.spec['persistentVolumeClaimRetentionPolicy'], {
    whenDeleted: 'Retain',
    whenScaled: 'Retain',
  });
  const text = readFileSync(join(import.meta.dirname, '../../k8s/kafka/namespace.yaml'), 'utf8');
  const { kind, metadata } = parse(text) as Manifest;
  assert.equal(kind, 'Namespace');
  for (const each of manifests) {
    assert.notEqual(each.kind, 'Namespace');
    assert.equal(each.metadata.namespace, metadata.name);
  }
});

for (const [folder] of applied) {
  test(`k8s/${folder}: has no list that the API server drops, so that a diff ends clean`, { skip }, () => {
    for (const manifest of renderFolder(folder)) {
      assert.deepEqual(emptyLists(manifest, manifest.kind), [], manifest.metadata.name);
    }
  });
}

test('k8s/namespace.yaml: is the namespace of the overlays', () => {
  const text = readFileSync(join(import.meta.dirname, '../../k8s/namespace.yaml'), 'utf8');
  const { kind, metadata } = parse(text) as Manifest;
  assert.deepEqual([kind, metadata.name], ['Namespace', 'sheaf']);
});
