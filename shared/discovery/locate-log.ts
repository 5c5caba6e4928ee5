/** Finds the log of a source. Touches the world: the API server of Kubernetes, where the source is a service. */
import type { Address, FollowAddress } from '../transport/address.ts';
import { followKubernetes } from './kubernetes/follow.ts';
import type { KafkaSource, LogSource } from './log-source.ts';
import type { DiscoveryWorld } from './start.ts';

/**
 * A name is looked up at each attempt to connect, and DNS may answer for some seconds with where the log was; its
 * EndpointSlices say where it is as soon as its pod has an address. While they name none, the last one holds.
 *
 * @param onFault told once when the slices cannot be read; they are asked for again
 * @throws SheafError CONFIG_INVALID for a service, outside of a pod
 */
export async function locateLog(
  source: Exclude<LogSource, KafkaSource>,
  { random, serviceAccount }: DiscoveryWorld,
  onFault: (reason: string) => void,
): Promise<Address | FollowAddress> {
  if (!('service' in source)) return source;
  const { access, namespace } = await serviceAccount();
  const options = { access, service: source.service, namespace: source.namespace ?? namespace, random };
  return (onAddress) =>
    followKubernetes(options, {
      onPlaces: ([first]) => {
        if (first !== undefined) onAddress(first.address);
      },
      onFault,
    });
}
