/**
 * A map by text that is never changed: what adds to it makes another, which shares with the first all but the path to what
 * is new. So a state can be kept, given back and compared with a later one, and what differs between the two is found without
 * a look at what does not.
 *
 * A hash trie: Bagwell, "Ideal Hash Trees" (2001). The same entries make the same trie, in whatever order they came, so the
 * order of iteration is that of the hashes and says nothing.
 */
import { hash32, slotOf, slots } from './slots.ts';

/** Entries whose keys have the same hash: one, but for a collision. */
interface Bucket<V> {
  readonly kind: 'bucket';
  readonly hash: number;
  readonly entries: readonly (readonly [key: string, value: V])[];
}

interface Branch<V> {
  readonly kind: 'branch';
  /** By slot; at least two entries are below it. */
  readonly children: readonly (Node<V> | undefined)[];
}

type Node<V> = Bucket<V> | Branch<V>;

/** A key and what it has in either map; undefined where it is in one only. */
export interface Difference<V> {
  readonly key: string;
  readonly before: V | undefined;
  readonly after: V | undefined;
}

export class TrieMap<V> {
  readonly size: number;
  private readonly root: Node<V> | undefined;

  private constructor(root: Node<V> | undefined, size: number) {
    this.root = root;
    this.size = size;
  }

  static of<V>(entries: Iterable<readonly [string, V]> = []): TrieMap<V> {
    let map = new TrieMap<V>(undefined, 0);
    for (const [key, value] of entries) map = map.with(key, value);
    return map;
  }

  /** Cost: as that of the next two, a step for each 32-fold of the size. */
  get(key: string): V | undefined {
    const hash = hash32(key);
    let node = this.root;
    for (let level = 0; node?.kind === 'branch'; level++) node = node.children[slotOf(hash, level)];
    if (node?.hash !== hash) return undefined;
    return node.entries.find(([other]) => other === key)?.[1];
  }

  /** The map in which the key has this value; this one, where it has it already. */
  with(key: string, value: V): TrieMap<V> {
    const before = this.get(key);
    if (before === value) return this;
    const root = put(this.root, 0, { hash: hash32(key), key, value });
    return new TrieMap(root, before === undefined ? this.size + 1 : this.size);
  }

  /** The map without the key; this one, where it is not there. */
  without(key: string): TrieMap<V> {
    if (this.get(key) === undefined) return this;
    return new TrieMap(remove(this.root!, 0, hash32(key), key), this.size - 1);
  }

  *entries(): IterableIterator<readonly [string, V]> {
    yield* entriesOf(this.root);
  }

  *keys(): IterableIterator<string> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): IterableIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  /**
   * What has to change in an earlier map to make this one of it. Values are compared by identity.
   *
   * Cost: in proportion to what differs where this was made of the earlier one; else to both sizes.
   */
  differences(before: TrieMap<V>): Difference<V>[] {
    const found: Difference<V>[] = [];
    compare(before.root, this.root, 0, found);
    return found;
  }
}

interface Entry<V> {
  readonly hash: number;
  readonly key: string;
  readonly value: V;
}

function put<V>(node: Node<V> | undefined, level: number, entry: Entry<V>): Node<V> {
  const { hash, key, value } = entry;
  if (node === undefined) return { kind: 'bucket', hash, entries: [[key, value]] };
  if (node.kind === 'branch') {
    const slot = slotOf(hash, level);
    return { kind: 'branch', children: node.children.with(slot, put(node.children[slot], level + 1, entry)) };
  }
  if (node.hash !== hash) return put(branchOver(node, level), level, entry);
  const others = node.entries.filter(([other]) => other !== key);
  const entries = [...others, [key, value] as const].sort(([a], [b]) => (a < b ? -1 : 1));
  return { kind: 'bucket', hash, entries };
}

function branchOver<V>(bucket: Bucket<V>, level: number): Branch<V> {
  const children = Array.from<Node<V> | undefined>({ length: slots });
  children[slotOf(bucket.hash, level)] = bucket;
  return { kind: 'branch', children };
}

function remove<V>(node: Node<V>, level: number, hash: number, key: string): Node<V> | undefined {
  if (node.kind === 'bucket') {
    const entries = node.entries.filter(([other]) => other !== key);
    return entries.length === 0 ? undefined : { ...node, entries };
  }
  const slot = slotOf(hash, level);
  const children = node.children.with(slot, remove(node.children[slot]!, level + 1, hash, key));
  const left = children.filter((child) => child !== undefined);
  // A bucket alone stands where the branch stood, as if nothing else had ever been there.
  return left.length === 1 && left[0]!.kind === 'bucket' ? left[0] : { kind: 'branch', children };
}

function* entriesOf<V>(node: Node<V> | undefined): IterableIterator<readonly [string, V]> {
  if (node === undefined) return;
  if (node.kind === 'bucket') yield* node.entries;
  else for (const child of node.children) yield* entriesOf(child);
}

function compare<V>(
  before: Node<V> | undefined,
  after: Node<V> | undefined,
  level: number,
  found: Difference<V>[],
): void {
  if (before === after) return;
  if (before?.kind === 'branch' || after?.kind === 'branch') {
    for (let slot = 0; slot < slots; slot++) {
      compare(below(before, slot, level), below(after, slot, level), level + 1, found);
    }
    return;
  }
  const later = new Map(after?.entries);
  for (const [key, value] of before?.entries ?? []) {
    const now = later.get(key);
    later.delete(key);
    if (now !== value) found.push({ key, before: value, after: now });
  }
  for (const [key, value] of later) found.push({ key, before: undefined, after: value });
}

/** What stands in a slot of a node, as if a bucket were a branch over itself. */
function below<V>(node: Node<V> | undefined, slot: number, level: number): Node<V> | undefined {
  if (node?.kind !== 'bucket') return node?.children[slot];
  return slotOf(node.hash, level) === slot ? node : undefined;
}
