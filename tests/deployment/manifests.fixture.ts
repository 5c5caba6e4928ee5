/** The manifests of an overlay as kubectl renders them. Touches the world: a process, files. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

export const overlays = ['local', 'production'] as const;

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** Why manifests cannot be rendered here; false where they can. */
export const kubectlMissing: string | false =
  spawnSync('kubectl', ['version', '--client']).status === 0
    ? false
    : 'kubectl is missing: the manifests of k8s/ are not looked at';

export function render(overlay: string): Manifest[] {
  const text = execFileSync('kubectl', ['kustomize', `${repository}k8s/overlays/${overlay}`], { encoding: 'utf8' });
  return parseAllDocuments(text).map((document) => document.toJS() as Manifest);
}

const archive = fileURLToPath(new URL('../../../shared/data/reference.tar.gz', import.meta.url));
export const schemasMissing: string | false = existsSync(archive)
  ? false
  : `${archive} is missing: the manifests of k8s/ are not held to the schemas of Kubernetes`;

/** The JSON schema of a kind, as `statefulset-apps-v1`. */
export function readSchema(name: string): object {
  const path = `k8s-json-schemas/${name}.json`;
  return JSON.parse(execFileSync('tar', ['-xzOf', archive, path], { maxBuffer: 1e8 }).toString()) as object;
}
