/** Which broker is asked first, where any will do. Pure. */
import { formatAddress, type Address } from '../../transport/address.ts';

/**
 * Those that have not failed first, then those whose last failure is longest ago: one that stands still takes connections and answers nothing, so each question to
 * it costs the whole time that a request may take.
 * @param failedAtMs when a request to an address failed last, by `HOST:PORT`
 * @returns each address once
 */
export function askOrder(addresses: readonly Address[], failedAtMs: ReadonlyMap<string, number>): Address[] {
  const byName = new Map(addresses.map((address) => [formatAddress(address), address]));
  const failed = (address: Address): number => failedAtMs.get(formatAddress(address)) ?? -Infinity;
  return [...byName.values()].sort((a, b) => (failed(a) < failed(b) ? -1 : failed(a) > failed(b) ? 1 : 0));
}
