/**
 * Under what requests with an Idempotency-Key are remembered, by the name that they are sent to: a key is one inside an index, and inside an alias,
 * whatever that stands for. Pure.
 */
import type { AliasDefinition, IndexDefinition } from './definition.ts';

/** Of requests to the index under its own name. One that left its name to an alias left that the requests under it, too. */
export function keyScopeOfIndex({ id, name, isRenamed }: Pick<IndexDefinition, 'id' | 'name' | 'isRenamed'>): string {
  return isRenamed === true ? `${id}=${name}` : id;
}

/** @param alias undefined where it was deleted meanwhile */
export function keyScopeOfAlias(name: string, alias: AliasDefinition | undefined): string {
  return alias?.keys ?? `_${name}`;
}
