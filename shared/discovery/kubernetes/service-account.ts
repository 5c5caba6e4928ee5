/** How a pod reaches the API server of its cluster. Touches the world: the files that Kubernetes mounts into each pod. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SheafError } from '../../errors.ts';
import type { ApiAccess } from './api.ts';

const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

export interface ServiceAccount {
  readonly access: ApiAccess;
  /** The pod's own. */
  readonly namespace: string;
}

/**
 * @param environment of the process, in which Kubernetes names the API server
 * @throws SheafError CONFIG_INVALID outside of a pod, or in one without a token
 */
export async function readServiceAccount(
  environment: Readonly<Record<string, string | undefined>>,
  folder = serviceAccountFolder,
): Promise<ServiceAccount> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT_HTTPS: port = '443' } = environment;
  if (host === undefined || host === '') throw notInPod('the variable KUBERNETES_SERVICE_HOST is not set');
  try {
    const [ca, namespace] = await Promise.all([
      read(folder, 'ca.crt'),
      read(folder, 'namespace'),
      read(folder, 'token'),
    ]);
    const url = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
    return { access: { url, ca, token: () => read(folder, 'token') }, namespace };
  } catch (error) {
    throw notInPod(`the token of the service account cannot be read: ${String(error)}`);
  }
}

async function read(folder: string, name: string): Promise<string> {
  return (await readFile(join(folder, name), 'utf8')).trim();
}

function notInPod(reason: string): SheafError {
  return new SheafError('CONFIG_INVALID', { detail: { source: 'kubernetes', reason } });
}
