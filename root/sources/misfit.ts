/** Whether any message of a source could be a document of an index. Pure. */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { SourceSpec } from '../../shared/catalog/definition.ts';
import { SheafError } from '../../shared/errors.ts';
import type { BodyEntries } from '../route/body-entries.ts';

/** Why none could, SOURCE_INDEX_UNFIT, or null: its dead letters would be all of the topic. */
export function misfitOf(
  { key, add, name }: SourceSpec,
  index: IndexDefinition,
  entries: BodyEntries,
): SheafError | null {
  const unfit = (reason: string, more: Readonly<Record<string, unknown>> = {}): SheafError =>
    new SheafError('SOURCE_INDEX_UNFIT', { detail: { source: name, index: index.name, reason, ...more } });
  if (index.routing === 'required')
    return unfit('the index wants a routing with each document, and messages have none');
  if (entries.are === 'increments') {
    return key.of === 'place' ? null : unfit('a roll-up has no keys: leave out the key of the source');
  }
  if (!entries.deletable && key.of === 'message') return unfit('the index takes no keys that are not in its documents');
  if (index.schema.dynamic !== 'strict') return null;
  const named = [...(key.of === 'field' ? [key.field] : []), ...Object.keys(add)];
  const missing = named.filter((field) => !Object.hasOwn(index.schema.fields, field));
  return missing.length === 0 ? null : unfit('its schema lacks fields that the source names', { fields: missing });
}
