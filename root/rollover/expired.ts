/** Which indexes of an alias are to be deleted because writes have moved on from them long ago. Pure. */
import type { AliasDefinition, AliasTarget, RolloverPolicy } from '../../shared/catalog/definition.ts';

/** Those that a roll has left, the oldest first, with when each is to be deleted, in milliseconds since 1970. */
export function expiriesOf(
  alias: AliasDefinition,
  { deleteAfterMs }: Pick<RolloverPolicy, 'deleteAfterMs'>,
): readonly { readonly target: AliasTarget; readonly atMs: number }[] {
  if (deleteAfterMs === undefined) return [];
  return alias.indexes
    .flatMap((target) => {
      return target.rolledAtMs === undefined ? [] : [{ target, atMs: target.rolledAtMs + deleteAfterMs }];
    })
    .sort((a, b) => a.atMs - b.atMs);
}
