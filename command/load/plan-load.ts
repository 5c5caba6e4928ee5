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
