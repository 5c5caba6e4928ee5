/** Leaves by the records of a headless service. Touches the world through the resolver it is given. */
import type { Discovery, DiscoveryEvents, LeafPlace } from './discovery.ts';
import { isLeafName } from './leaf-list.ts';
import { pollPlaces } from './polled.ts';
import type { LeafSource } from './source.ts';

/** What is asked of DNS; as in node:dns/promises, and rejecting like it. */
export interface Resolver {
  readonly resolveSrv: (name: string) => Promise<readonly { readonly name: string; readonly port: number }[]>;
  readonly resolve4: (name: string) => Promise<readonly string[]>;
  readonly resolve6: (name: string) => Promise<readonly string[]>;
}

/** Kubernetes lets records live 5 s; a lookup inside a cluster costs well under a millisecond. */
const resolveEveryMs = 1000;

/** A name without records is the answer that there are no leaves; any other failure is no answer. */
const noRecords = new Set(['ENOTFOUND', 'ENODATA']);

/** Follows the records of a name. */
export function followDns(
  source: LeafSource & { kind: 'srv' | 'dns' },
  resolver: Resolver,
  events: DiscoveryEvents,
  everyMs = resolveEveryMs,
): Discovery {
  const ask = async () =>
    source.kind === 'srv' ? await bySrv(source.name, resolver) : await byAddress(source, resolver);
  return pollPlaces({ everyMs, ask }, events);
}

/** The first label of a target is the name of its leaf: `leaf-0.leaf-headless.search.svc.cluster.local`. */
async function bySrv(name: string, { resolveSrv }: Resolver): Promise<LeafPlace[]> {
  const records = await orNone(resolveSrv(name));
  const places = records.map((record): LeafPlace => {
    const host = record.name.replace(/\.$/, '');
    const label = host.split('.', 1)[0]!;
    if (!isLeafName(label)) throw new Error(`the target ${record.name} of ${name} begins with no name of a leaf`);
    return { name: label, address: { host, port: record.port } };
  });
  return places.sort(byHostAndPort);
}

/** IPv6 addresses only where there are no others: a leaf with both is one leaf. */
async function byAddress({ address }: LeafSource & { kind: 'dns' }, resolver: Resolver): Promise<LeafPlace[]> {
  const { host, port } = address;
  const four = await orNone(resolver.resolve4(host));
  const hosts = four.length > 0 ? four : (await orNone(resolver.resolve6(host))).map((six) => `[${six}]`);
  return hosts.map((each): LeafPlace => ({ name: null, address: { host: each, port } })).sort(byHostAndPort);
}

async function orNone<T>(answer: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && 'code' in error && noRecords.has(String(error.code))) return [];
    throw error;
  }
}

/** Servers shuffle records; an order of our own keeps that from looking like a change. */
function byHostAndPort(a: LeafPlace, b: LeafPlace): number {
  if (a.address.host !== b.address.host) return a.address.host < b.address.host ? -1 : 1;
  return a.address.port - b.address.port;
}
