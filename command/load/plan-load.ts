/** What a load does before it sends the first document: the schema of its index, and the key. */
import { readFileSync } from 'node:fs';
import type { LoadConfig } from '../../shared/config/read.ts';
import { fieldKinds, type FieldKind } from '../../shared/schema/kinds/field-kinds.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { isObject } from '../../shared/json/read-object.ts';
import { CommandFailure } from '../failure.ts';
import type { DocumentStatistics } from './field-statistics.ts';

/** Kinds as `--set` says them: `FIELD=KIND`, several with commas. @throws CommandFailure */
export function readSet(text: string | undefined): ReadonlyMap<string, FieldKind> {
  const set = new Map<string, FieldKind>();
  for (const part of (text ?? '').split(',').filter((each) => each.trim() !== '')) {
    const [field, name, ...rest] = part.split('=').map((each) => each.trim());
    const kind = fieldKinds.find((each) => each === name);
    if (!field || rest.length > 0 || kind === undefined) {
      throw new CommandFailure(`--set ${part.trim()}: expected FIELD=KIND, with a kind of ${fieldKinds.join(', ')}`);
    }
    set.set(field, kind);
  }
  return set;
}

interface KnownFields {
  readonly names: readonly string[];
  /** Whether there are no others: then one that is none of them is a mistake, else one that is spelt like one of them. */
  readonly areAll: boolean;
}

/** @throws CommandFailure for a field that `--set` names by a slip of the pen: the one that was meant would be what it was */
export function requireFields(set: ReadonlyMap<string, FieldKind>, { names, areAll }: KnownFields): void {
  for (const field of set.keys()) {
    const near = names.filter((each) => isNear(each, field));
    if (names.includes(field) || (near.length === 0 && !areAll)) continue;
    const meant = near.length === 0 ? `: there are ${names.slice(0, 20).join(', ')}` : `; is it ${near.join(' or ')}?`;
    throw new CommandFailure(
      `--set ${field}: there is no field ${field}${meant} --schema FILE has any field that it says.`,
    );
  }
}

/** Whether two names differ in case, in one letter, or in two that are side by side. */
function isNear(a: string, b: string): boolean {
  const [one, other] = [a.toLowerCase(), b.toLowerCase()];
  let start = 0;
  while (start < one.length && one[start] === other[start]) start++;
  let end = 0;
  while (end < Math.min(one.length, other.length) - start && one.at(-1 - end) === other.at(-1 - end)) end++;
  const [left, right] = [one.slice(start, one.length - end), other.slice(start, other.length - end)];
  return Math.max(left.length, right.length) <= 1 || (left.length === 2 && left === `${right[1]}${right[0]}`);
}

/** A schema from a file: as in the body that creates an index, with or without what is around it. @throws CommandFailure */
export function readSchemaFile(path: string): unknown {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new CommandFailure(`cannot read --schema ${path}: ${(error as Error).message}`);
  }
  if (!isObject(parsed)) throw new CommandFailure(`--schema ${path}: expected an object with "fields"`);
  const schema = isObject(parsed['schema']) ? parsed['schema'] : parsed;
  if (!isObject(schema['fields'])) throw new CommandFailure(`--schema ${path}: expected an object with "fields"`);
  return schema;
}

/** The kinds of the fields of a schema. */
export function kindsOf(schema: IndexSchema): (field: string) => FieldKind | undefined {
  return (field) => (Object.hasOwn(schema.fields, field) ? schema.fields[field]!.kind : undefined);
}

/** What to say to who loads without a key; nothing where that is no matter. */
export function adviseKey({ key }: Pick<LoadConfig, 'key'>, statistics: DocumentStatistics): string[] {
  if (key !== undefined) return [];
  const doubles = 'No --key: keys are made up, and loading the file again stores its documents a second time.';
  const [best] = statistics.keys();
  if (best === undefined) return [doubles];
  const documents = statistics.documents.toLocaleString('en-US');
  return [
    doubles,
    `Field ${best} has another value in each of ${documents} documents: with --key ${best} loading again is harmless.`,
  ];
}
