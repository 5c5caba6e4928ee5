import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { NewIndex } from '../../shared/catalog/definition.ts';

/** What an index was made of, without what has become of it. */
export function asNew(index: IndexDefinition): NewIndex {
  const { id: _id, name: _name, createdAtMs: _at, move: _move, replacedAt: _replacedAt, ...kept } = index;
  const { took: _took, isRenamed: _isRenamed, restored: _restored, ...made } = kept;
  return made;
}
