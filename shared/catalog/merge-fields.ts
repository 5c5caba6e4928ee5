/** What two sets of fields are together, and what one lacks of the other. Pure. */
import { ownValue } from '../json/own-value.ts';
import type { Fields } from '../schema/collisions.ts';
import { optionsOf, sameOptions, type FieldDefinition } from '../schema/schema.ts';

/** Both sets of fields; a field in both has the sub-fields of both. */
export function mergeFields(before: Fields, added: Fields): Fields {
  const merged: Record<string, FieldDefinition> = { ...before };
  for (const [path, definition] of Object.entries(added)) {
    const existing = ownValue(merged, path);
    const fields = { ...existing?.fields, ...definition.fields };
    merged[path] = { ...optionsOf(definition), ...(Object.keys(fields).length === 0 ? {} : { fields }) };
  }
  return merged;
}

/** Names of fields that both define, differently. */
export function fieldConflicts(before: Fields, asked: Fields): string[] {
  const conflicts: string[] = [];
  for (const [path, definition] of Object.entries(asked)) {
    const existing = ownValue(before, path);
    if (existing === undefined) continue;
    if (!sameOptions(existing, definition)) conflicts.push(path);
    for (const [suffix, sub] of Object.entries(definition.fields ?? {})) {
      const existingSub = ownValue(existing.fields ?? {}, suffix);
      if (existingSub !== undefined && !sameOptions(existingSub, sub)) conflicts.push(`${path}.${suffix}`);
    }
  }
  return conflicts;
}

/** Fields (and sub-fields) asked for that the schema does not have yet, in the shape of a schema. */
export function missingFields(before: Fields, asked: Fields): Fields {
  const missing: Record<string, FieldDefinition> = {};
  for (const [path, definition] of Object.entries(asked)) {
    const existing = ownValue(before, path);
    const subs = Object.entries(definition.fields ?? {}).filter(
      ([suffix]) => !Object.hasOwn(existing?.fields ?? {}, suffix),
    );
    if (existing === undefined) missing[path] = definition;
    else if (subs.length > 0) missing[path] = { ...optionsOf(definition), fields: Object.fromEntries(subs) };
  }
  return missing;
}
