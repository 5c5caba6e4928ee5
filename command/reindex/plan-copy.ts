/** What `sheaf reindex` is about to do: which index is copied, what the copy is, and what becomes of the names. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { addedSince, baseOf } from '../../shared/catalog/take-over.ts';
import type { ReindexConfig } from '../../shared/config/read.ts';
import { isObject } from '../../shared/json/read-object.ts';
import { CommandFailure } from '../failure.ts';
import { parseIndexBody } from '../../shared/schema/parse.ts';
import { readSet, requireFields } from '../load/plan-load.ts';

export interface KnownIndex {
  readonly name: string;
  readonly kind: string;
  readonly shards: number;
  readonly replicas: number;
  /** `required`, or nothing. */
  readonly routing?: string;
  readonly schema: unknown;
}

export interface KnownAlias {
  readonly alias: string;
  readonly indexes: readonly { readonly index: string; readonly write?: boolean }[];
}

export interface Known {
  readonly indexes: readonly KnownIndex[];
  readonly aliases: readonly KnownAlias[];
}

export interface CopyDefinition {
  readonly kind: string;
  readonly routing?: string;
  readonly shards: number;
  readonly replicas: number;
  readonly schema: unknown;
}

export interface Copy {
  readonly source: KnownIndex;
  /** Name of the index that is made. */
  readonly into: string;
  /** The name that the source is given in the end, where it has that of the alias. */
  readonly retireAs: string | undefined;
  /** What PUT takes. */
  readonly definition: CopyDefinition;
  /** Whether the source is what was asked for already, where anything was. */
  readonly isAsAsked: boolean;
}

/**
 * @param schema of the file that was named; undefined: that of the index
 * @throws CommandFailure where there is nothing of that name, or more than one index is written to
 */
export function planCopy(name: string, known: Known, config: ReindexConfig, schema: unknown): Copy {
  const source = sourceOf(name, known);
  const numbers = numbersOf(name, source, known);
  const isIndex = source.name === name;
  const retireAs = isIndex ? numbers.next() : undefined;
  const into = numbers.next();
  const { kind, shards, replicas, routing } = source;
  const kept = { kind, ...(routing === undefined ? {} : { routing }) };
  const definition = {
    ...kept,
    shards: config.shards ?? shards,
    replicas: config.replicas ?? replicas,
    schema: withKinds(schema ?? source.schema, config.set),
  };
  const asked = [config.shards, config.replicas, config.schema, config.set].some((each) => each !== undefined);
  const isAsAsked = asked && isDeepStrictEqual(definition, { ...kept, shards, replicas, schema: source.schema });
  return { source, into, retireAs, definition, isAsAsked };
}

/** What PUT takes to give the copy the fields that its index has got since it was looked at; null where there are none. */
export function fieldsBetween(source: KnownIndex, made: CopyDefinition, { indexes }: Known): object | null {
  const now = indexes.find(({ name }) => name === source.name) ?? source;
  const { kind } = made;
  const [before, after, copy] = [source.schema, now.schema, made.schema].map((schema) =>
    parseIndexBody({ kind, schema }),
  );
  const fields = addedSince(after!, copy!, baseOf(before!, copy!));
  return Object.keys(fields).length === 0 ? null : { kind, schema: { fields } };
}

/** How an index that is made differs from what is asked for, as `3 shards and not 5`; nothing where it does not. */
export function differencesOf(asked: CopyDefinition, made: KnownIndex): string[] {
  const numbers = (['shards', 'replicas'] as const)
    .filter((each) => asked[each] !== made[each])
    .map((each) => `${made[each]} ${each} and not ${asked[each]}`);
  return isSchemaOf(made, asked.schema) ? numbers : [...numbers, 'another schema'];
}

/** Whether the index can have been made with that schema: of one that is dynamic there may be more by now. */
function isSchemaOf({ kind, schema: made }: KnownIndex, asked: unknown): boolean {
  const [before, now] = [asked, made].map((schema) => {
    return parseIndexBody({ kind, schema }).schema;
  });
  const [fieldsAsked, fieldsMade] = [before, now].map((schema) => Object.entries(schema?.fields ?? {}));
  const known = new Map(fieldsMade);
  const hasAll = fieldsAsked!.every(([field, definition]) => isDeepStrictEqual(known.get(field), definition));
  const isWhole = fieldsAsked!.length === fieldsMade!.length || now?.dynamic === 'true';
  return before?.dynamic === now?.dynamic && hasAll && isWhole;
}

function sourceOf(name: string, { indexes, aliases }: Known): KnownIndex {
  const alias = aliases.find((each) => each.alias === name);
  const targets = alias?.indexes ?? [{ index: name }];
  const target = targets.length === 1 ? targets[0]! : targets.find(({ write }) => write === true);
  if (target === undefined) {
    const names = targets.map(({ index }) => index).join(', ');
    throw new CommandFailure(
      `${name} stands for ${names}, and none of them is its write index: say which with sheaf alias`,
    );
  }
  const source = indexes.find((each) => each.name === target.index);
  if (source === undefined)
    throw new CommandFailure(`there is no index and no alias ${name}; sheaf index lists what there is`);
  return source;
}

/**
 * Above all that the name was ever given as far as anybody knows: films-4 where there are films-1 and films-3. A copy of one of a series is the
 * next of it, as wide: events-000003 where events-000002 is the last, so that an alias that rolls counts on from it.
 */
function numbersOf(name: string, source: KnownIndex, { indexes, aliases }: Known): { readonly next: () => string } {
  const width = digitsOf(name, source.name)?.length ?? 1;
  const nameOf = (number: number): string => `${name}-${String(number).padStart(width, '0')}`;
  const numbers = [...indexes.map((index) => index.name), ...aliases.map(({ alias }) => alias)].map((each) => {
    const number = Number(digitsOf(name, each) ?? 0);
    return nameOf(number) === each ? number : 0;
  });
  let last = Math.max(0, ...numbers);
  // films-1 is taken for what films is: the copy is the second.
  if (last === 0 && !indexes.some((index) => index.name === name)) last = 1;
  return { next: () => nameOf(++last) };
}

/** What counts up in a name after that of its series; undefined where it is in none of that name. */
function digitsOf(series: string, name: string): string | undefined {
  if (!name.startsWith(`${series}-`)) return undefined;
  return /^\d{1,9}$/.exec(name.slice(series.length + 1))?.[0];
}

/** Documents may have more than the schema: that can become a field. @throws CommandFailure as `requireFields` */
function withKinds(schema: unknown, set: string | undefined): unknown {
  const kinds = readSet(set);
  if (kinds.size === 0 || !isObject(schema)) return schema;
  const fields: Record<string, unknown> = isObject(schema['fields']) ? { ...schema['fields'] } : {};
  requireFields(kinds, { names: Object.keys(fields), areAll: false });
  for (const [field, kind] of kinds) {
    const before = fields[field];
    // Options of another kind mean nothing to this one.
    fields[field] = isObject(before) && before['kind'] === kind ? before : { kind };
  }
  return { ...schema, fields };
}
