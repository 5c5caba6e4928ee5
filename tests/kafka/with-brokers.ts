/** Brokers that are there for as long as something takes. Touches the world: processes, files, sockets. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchJars, killBrokers, prepareBrokers, startBrokers, type BrokerPlace } from './broker.ts';

const cache = join(import.meta.dirname, '../../node_modules/.cache/kafka');

/** Starts brokers that are one cluster, in a folder of their own, and ends them when the work is done. */
export async function withBrokers<T>(count: number, work: (places: readonly BrokerPlace[]) => Promise<T>): Promise<T> {
  const lib = fetchJars(cache);
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-kafka-'));
  const folders = Array.from({ length: count }, (_, i) => join(folder, `broker-${i}`));
  try {
    const places = await prepareBrokers(lib, folders);
    await startBrokers(places);
    return await work(places);
  } finally {
    await killBrokers(folders);
    rmSync(folder, { recursive: true, force: true });
  }
}
