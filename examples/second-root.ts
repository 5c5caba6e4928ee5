/** Another root for a cluster of `sheaf up`: any root answers anything. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from '../tests/cluster/start.ts';

/** Settings of a root on the port after the log's, which `sheaf up` leaves free. */
export function settingsOfCluster({ port, data }: Cluster): string[] {
  const leaves = readdirSync(data)
    .filter((name) => /^leaf-\d+$/.test(name))
    .map((name) => `${name}=127.0.0.1:${port + 10 + Number(name.slice('leaf-'.length))}`);
  const places = ['--port', String(port + 2), '--log', `127.0.0.1:${port + 1}`, '--leaves', leaves.sort().join(',')];
  return [...places, '--secret-file', join(data, 'secret')];
}
