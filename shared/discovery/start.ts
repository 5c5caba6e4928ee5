/** Follows the leaves of a source. Touches the world: files, DNS, the API server of Kubernetes, by the source. */
import { Resolver } from 'node:dns/promises';
import type { Discovery, DiscoveryEvents } from './discovery.ts';
import { followDns } from './dns.ts';
import { followFile } from './file.ts';
import { followKubernetes } from './kubernetes/follow.ts';
import type { ServiceAccount } from './kubernetes/service-account.ts';
import type { LeafSource } from './source.ts';

export interface DiscoveryWorld {
  readonly random: () => number;
  /** How the API server of Kubernetes is reached; rejects with CONFIG_INVALID outside of a pod. */
  readonly serviceAccount: () => Promise<ServiceAccount>;
}

/** @throws SheafError CONFIG_INVALID for Kubernetes outside of a pod */
export async function startDiscovery(
  source: LeafSource,
  { random, serviceAccount }: DiscoveryWorld,
  events: DiscoveryEvents,
): Promise<Discovery> {
  switch (source.kind) {
    case 'static':
      events.onPlaces(source.leaves);
      return { close: () => undefined };
    case 'file':
      return followFile(source.path, events);
    case 'srv':
    case 'dns': {
      const resolver = new Resolver();
      return followDns(
        source,
        {
          resolveSrv: (name) => resolver.resolveSrv(name),
          resolve4: (name) => resolver.resolve4(name),
          resolve6: (name) => resolver.resolve6(name),
        },
        events,
      );
    }
    case 'kubernetes': {
      const { access, namespace } = await serviceAccount();
      return followKubernetes(
        { access, service: source.service, namespace: source.namespace ?? namespace, random },
        events,
      );
    }
  }
}
