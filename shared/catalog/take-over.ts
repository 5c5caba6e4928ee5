/**
 * What a copy has of its index from the moment on in which it takes its place, beside the documents: which requests were recorded in the index
 * and count, and what was added to the index while it was copied. Pure.
 */
import { ownValue } from '../json/own-value.ts';
import { collidesWith, fieldsFit, type Fields } from '../schema/collisions.ts';
import { optionsOf, sameOptions, type FieldDefinition } from '../schema/schema.ts';
import type { CopyBase, IndexDefinition, MoveEnd, PlaceTaken } from './definition.ts';
import { mergeFields, missingFields } from './merge-fields.ts';

/** So many indexes are remembered whose place an index took, the last ones. */
const tookMax = 16;

type Shaped = Pick<IndexDefinition, 'schema' | 'replicas'>;

/** @param copy as it is before anything is copied */
export function baseOf({ schema, replicas }: Shaped, copy: Pick<Shaped, 'schema'>): CopyBase {
  const lacks = Object.entries(missingFields(copy.schema.fields, schema.fields)).flatMap(([path, { fields = {} }]) => {
    if (ownValue(copy.schema.fields, path) === undefined) return [path];
    return Object.keys(fields).map((sub) => `${path}.${sub}`);
  });
  return { lacks, replicas };
}

/**
 * Fields that the index has got since, and the copy lacks: as the index has them, in the shape of a schema. What the copy has in another way
 * stays, and what could not stand beside its fields is left out.
 */
export function addedSince({ schema }: Pick<Shaped, 'schema'>, copy: Pick<Shaped, 'schema'>, base: CopyBase): Fields {
  const there = copy.schema.fields;
  const lacks = new Set(base.lacks);
  const added: Record<string, FieldDefinition> = {};
  for (const [path, definition] of Object.entries(missingFields(there, schema.fields))) {
    const known = ownValue(there, path);
    const isMeant = known === undefined ? !collidesWith(there, path) : sameOptions(known, definition);
    if (!isMeant || lacks.has(path)) continue;
    const subs = Object.entries(definition.fields ?? {}).filter(([sub]) => !lacks.has(`${path}.${sub}`));
    if (known !== undefined && subs.length === 0) continue;
    added[path] = { ...optionsOf(definition), ...(subs.length === 0 ? {} : { fields: Object.fromEntries(subs) }) };
  }
  return added;
}

/** The copy as it is in the place of the index; null where its schema would have more fields than may be. */
export function takeOver(
  index: IndexDefinition,
  copy: IndexDefinition,
  { base, until, from }: Pick<MoveEnd, 'base' | 'until' | 'from'>,
): IndexDefinition | null {
  const fields = mergeFields(copy.schema.fields, addedSince(index, copy, base));
  if (!fieldsFit(fields)) return null;
  const before = (index.took ?? []).map((each) => ({ ...each, from }));
  const took = [...(copy.took ?? []), ...before, { id: index.id, until, from }];
  return {
    ...copy,
    schema: { ...copy.schema, fields },
    replicas: index.replicas === base.replicas ? copy.replicas : index.replicas,
    took: lastOfEach(took).slice(-tookMax),
  };
}

function lastOfEach(took: readonly PlaceTaken[]): PlaceTaken[] {
  return took.filter(({ id }, i) => took.findLastIndex((other) => other.id === id) === i);
}
