/** Leaves listed in a file. Touches the world: that file. */
import { readFile } from 'node:fs/promises';
import type { Discovery, DiscoveryEvents } from './discovery.ts';
import { parseLeafList } from './leaf-list.ts';
import { pollPlaces } from './polled.ts';

/**
 * Read rather than watched: a file of a few lines costs nothing to read, and notices of changes are not to be relied on
 * where a file is replaced, mounted from elsewhere, or lies behind a symbolic link that is.
 */
const readEveryMs = 250;

/** Follows a file of `name=host:port` lines. One that is missing or cannot be read as such is a fault, not an empty list. */
export function followFile(path: string, events: DiscoveryEvents): Discovery {
  const ask = async () => {
    const leaves = parseLeafList(await readFile(path, 'utf8'));
    if (leaves === undefined) throw new Error(`${path} is no list of name=host:port with no name and no address twice`);
    return leaves;
  };
  return pollPlaces({ everyMs: readEveryMs, ask }, events);
}
