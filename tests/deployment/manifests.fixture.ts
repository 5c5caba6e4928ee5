/** The manifests of an overlay as kubectl renders them. Touches the world: a process, files. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

/** Those with a log of ours. */
export const overlays = ['local', 'production'] as const;

/** Those over Kafka, with what each is laid over. */
export const kafkaOverlays = { kafka: 'production', 'kafka-local': 'local' } as const;

/** Folders of all that is applied, below k8s, and how many manifests there are at least. */
export const applied: readonly (readonly [folder: string, countMin: number])[] = [
  ...overlays.map((overlay) => [`overlays/${overlay}`, 16] as const),
  ...Object.keys(kafkaOverlays).map((overlay) => [`overlays/${overlay}`, 13] as const),
  ['kafka', 5],
];

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
  return renderFolder(`overlays/${overlay}`);
}

/** @param folder below k8s */
export function renderFolder(folder: string): Manifest[] {
  const text = execFileSync('kubectl', ['kustomize', `${repository}k8s/${folder}`], { encoding: 'utf8' });
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
