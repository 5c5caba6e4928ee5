/** Which way a key takes through the trie. Pure. */

/** Ways at each node. */
export const slots = 16;
const bitsPerLevel = 4;

/** FNV-1a over the UTF-16 units: https://datatracker.ietf.org/doc/html/draft-eastlake-fnv. Nothing is stored by it. */
export function hash32(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  // The last units have moved the high bits only a little: the low ones take from all.
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** @param level from 0 at the root; two different hashes part at the eighth at the latest */
export function slotOf(hash: number, level: number): number {
  return (hash >>> (level * bitsPerLevel)) & (slots - 1);
}
