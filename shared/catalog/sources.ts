/** Sources: which one a name has, and what becomes of them by an entry of the catalog. Pure. */
import { limits } from '../limits.ts';
import type { TrieMap } from '../trie/trie-map.ts';
import type { SourceDefinition, SourceSpec } from './definition.ts';

export type Sources = TrieMap<SourceDefinition>;

/** Why a source cannot be set where the entry stands. */
export type SourceFault =
  /** How far it has come is known of its topic: of another there is another source. */
  { readonly kind: 'otherTopic'; readonly topic: string } | { readonly kind: 'tooMany'; readonly actual: number };

/**
 * The sources with this one, in the place of the one of its name, whose id it keeps.
 * @param offset of the entry, which is the id of a new one
 */
export function setSource(
  before: Sources,
  spec: SourceSpec,
  offset: number,
): { readonly sources: Sources } | { readonly fault: SourceFault } {
  const known = before.get(spec.name);
  if (known !== undefined && known.topic !== spec.topic) return { fault: { kind: 'otherTopic', topic: known.topic } };
  const actual = before.size + 1;
  if (known === undefined && actual > limits.sourcesMax) return { fault: { kind: 'tooMany', actual } };
  return { sources: before.with(spec.name, { ...spec, id: known?.id ?? offset }) };
}
