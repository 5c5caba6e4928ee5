/** Counters of a process, from its Prometheus page. Touches the world: a socket. */
import { request } from 'undici';
import { formatAddress, type Address } from '../../shared/transport/address.ts';
import type { Cluster } from '../../tests/cluster/start.ts';

/** Values by sample: the name with its labels, as the page writes them. */
export type Samples = ReadonlyMap<string, number>;

const firstLeafPort = 10;

function leafAddress({ port }: Pick<Cluster, 'port'>, leaf: number): Address {
  return { host: '127.0.0.1', port: port + firstLeafPort + leaf };
}

/** As many leaves of the cluster, as a root knows them. */
export function leavesOf(cluster: Pick<Cluster, 'port'>, count: number): { name: string; address: Address }[] {
  return Array.from({ length: count }, (_, leaf) => ({ name: `leaf-${leaf}`, address: leafAddress(cluster, leaf) }));
}

export function leafUrl(cluster: Pick<Cluster, 'port'>, leaf: number): string {
  return `http://${formatAddress(leafAddress(cluster, leaf))}`;
}

export async function scrape(url: string): Promise<Samples> {
  const { body } = await request(`${url}/metrics`);
  return parseSamples(await body.text());
}

export async function scrapeLeaves(cluster: Pick<Cluster, 'port'>, leaves: number): Promise<Samples[]> {
  return await Promise.all(Array.from({ length: leaves }, (_, i) => scrape(leafUrl(cluster, i))));
}

/** Reads the text format: `name{label="value"} 1`. Pure. */
export function parseSamples(page: string): Samples {
  const samples = new Map<string, number>();
  for (const line of page.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const space = line.lastIndexOf(' ');
    samples.set(line.slice(0, space), Number(line.slice(space + 1)));
  }
  return samples;
}

/** The sum of the samples of a metric whose labels hold the given text. Pure. */
export function sumOfMetric(pages: readonly Samples[], name: string, labels = ''): number {
  let sum = 0;
  for (const page of pages) {
    for (const [key, value] of page) {
      const [metric = '', rest = ''] = key.split('{', 2);
      if (metric === name && rest.includes(labels)) sum += value;
    }
  }
  return sum;
}
