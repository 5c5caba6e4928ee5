/**
 * The EndpointSlices of a service, folded to places. Pure.
 *
 * A place is taken whether or not its pod is ready, and while it terminates: a leaf says itself what it can answer, and one
 * that leaves must be heard until it has handed over. A service may have several slices; while a pod moves, two may name it.
 */
import { isObject } from '../../json/read-object.ts';
import type { LeafPlace } from '../discovery.ts';
import { isLeafName } from '../leaf-list.ts';

/** The name of the port, in the Service and so in its slices, on which leaves and the log listen. */
const portName = 'http';

interface SlicePlace extends LeafPlace {
  readonly name: string;
  readonly terminating: boolean;
  readonly isIpv6: boolean;
}

/** By name of slice. */
export type Slices = ReadonlyMap<string, readonly SlicePlace[]>;

/** The slices after a slice was added or changed. A field that is missing or of another kind makes its endpoint none. */
export function withSlice(slices: Slices, slice: unknown): Slices {
  const name = nameOf(slice);
  return name === undefined ? slices : new Map(slices).set(name, readPlaces(slice));
}

export function withoutSlice(slices: Slices, slice: unknown): Slices {
  const rest = new Map(slices);
  rest.delete(nameOf(slice) ?? '');
  return rest;
}

/**
 * One place for each pod: of one that moves the one that does not terminate, and IPv4 before IPv6, since a service of both
 * families has each pod twice. Sorted by name, those that terminate last.
 */
export function placesOf(slices: Slices): LeafPlace[] {
  const best = new Map<string, SlicePlace>();
  for (const places of slices.values()) {
    for (const place of places) {
      const other = best.get(place.name);
      if (other === undefined || hardship(place) < hardship(other)) best.set(place.name, place);
    }
  }
  const sorted = [...best.values()].sort(
    (a, b) => Number(a.terminating) - Number(b.terminating) || (a.name < b.name ? -1 : 1),
  );
  return sorted.map(({ name, address }) => ({ name, address }));
}

function hardship({ terminating, isIpv6 }: SlicePlace): number {
  return (terminating ? 2 : 0) + (isIpv6 ? 1 : 0);
}

function nameOf(slice: unknown): string | undefined {
  const metadata = isObject(slice) ? slice['metadata'] : undefined;
  const name = isObject(metadata) ? metadata['name'] : undefined;
  return typeof name === 'string' ? name : undefined;
}

function readPlaces(slice: unknown): SlicePlace[] {
  if (!isObject(slice)) return [];
  const port = listOf(slice['ports']).find((each) => each['name'] === portName)?.['port'];
  if (typeof port !== 'number') return [];
  const isIpv6 = slice['addressType'] === 'IPv6';
  return listOf(slice['endpoints']).flatMap((endpoint): SlicePlace[] => {
    const { addresses, hostname, targetRef, conditions } = endpoint;
    const host = Array.isArray(addresses) ? (addresses[0] as unknown) : undefined;
    const name = hostname ?? (isObject(targetRef) ? targetRef['name'] : undefined);
    if (typeof host !== 'string' || typeof name !== 'string' || !isLeafName(name)) return [];
    const terminating = isObject(conditions) && conditions['terminating'] === true;
    return [{ name, address: { host: isIpv6 ? `[${host}]` : host, port }, terminating, isIpv6 }];
  });
}

function listOf(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
