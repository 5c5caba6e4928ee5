/** The manifests of k8s/ held to the schemas of Kubernetes, unknown fields too. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import {
  applied,
  kubectlMissing,
  readSchema,
  renderFolder,
  schemasMissing,
  type Manifest,
} from './manifests.fixture.ts';
import { strictly } from './strict-schema.ts';

/** The name of the schema of a kind: `networkpolicy-networking-v1`, `service-v1`. */
function schemaName({ apiVersion, kind }: Manifest): string {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return [kind.toLowerCase(), ...(group === '' ? [] : [group!.split('.')[0]!]), version].join('-');
}

// Kubernetes' formats (int-or-string, quantity) are said in words as well; the types are what is checked.
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
const faultsOf = (schema: object, value: unknown): string[] => {
  const validate = ajv.compile(schema);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
};

for (const [folder, countMin] of applied) {
  test(`k8s/${folder}: is what the schemas say, strictly`, { skip: kubectlMissing || schemasMissing }, () => {
    const manifests = renderFolder(folder);
    assert(manifests.length >= countMin, `only ${manifests.length} manifests`);
    for (const manifest of manifests) {
      const faults = faultsOf(strictly(readSchema(schemaName(manifest))) as object, manifest);
      assert.deepEqual(faults, [], `${manifest.kind} ${manifest.metadata.name}`);
    }
  });
}

test(
  'schemas: a field that Kubernetes does not have, and one of another type, are seen',
  { skip: schemasMissing },
  () => {
    const schema = strictly(readSchema('service-v1')) as object;
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'x' } };
    assert.deepEqual(faultsOf(schema, { ...service, spec: { clusterIP: 'None' } }), []);
    assert.equal(faultsOf(schema, { ...service, spec: { clusterIp: 'None' } }).length, 1);
    assert.equal(faultsOf(schema, { ...service, spec: { publishNotReadyAddresses: 'true' } }).length, 1);
  },
);
