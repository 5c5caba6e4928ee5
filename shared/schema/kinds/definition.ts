/** What a kind of field is: one object of this shape in one file, listed in field-kinds.ts. */
import type { Layout, StoredValue } from '../layouts.ts';
import type { OptionName, OptionValues } from '../options/field-options.ts';
import type { ShownForm } from './shown-form.ts';

/** A JSON value as a value of a kind. */
export type ValueReading<Value = StoredValue> =
  | { readonly kind: 'value'; readonly value: Value }
  /** @param expected in words, such as `a string` */
  | { readonly kind: 'wrong'; readonly expected: string };

/** The same of a document, where the options of the field may say that it leaves a value out. */
export type FieldReading<Value = StoredValue> = ValueReading<Value> | { readonly kind: 'ignored' };

export function wrong(expected: string): { readonly kind: 'wrong'; readonly expected: string } {
  return { kind: 'wrong', expected };
}

export interface FieldKindDefinition<L extends Layout = Layout> {
  /** How leaves keep its values. Values are analysed where it is `text`. */
  readonly layout: L;
  /** JSON types of the values that `read` takes. */
  readonly jsonTypes: readonly ('string' | 'number' | 'boolean')[];
  /** The options of a field of this kind. */
  readonly options: readonly OptionName[];
  /** Whether values are strings as callers see them, so that prefixes, patterns, misspelt words and highlights mean something. */
  readonly isString: boolean;
  /** Whether values have an order that `range` can ask for. */
  readonly isOrdered: boolean;
  readonly isSortable: boolean;
  /** What aggregations can make of it: nothing, count and tell its values apart, or compute with them too. */
  readonly aggregated: 'never' | 'values' | 'quantities';
  /** Values are whole numbers of no unit: sums of them are told to the last digit, and a bound of a range may lie between two. */
  readonly isWhole?: true;
  /** As a dimension of a roll-up: its column in an export to SQLite; null where it cannot be one. */
  readonly dimension: { readonly sqlType: 'TEXT' | 'INTEGER' | 'REAL' } | null;
  /** Whether values are milliseconds since 1970 UTC: a dimension can be cut to intervals, and set on arrival. */
  readonly isTime: boolean;

  /** Reads one JSON value, neither an array nor null. Never coerces: the string "1" is no integer. */
  read(this: void, value: unknown): ValueReading<StoredValue<L>>;
  /** How values of documents are read where the options of the field matter; `read` where this is left out. */
  readerFor?(this: void, options: OptionValues): (value: unknown) => FieldReading<StoredValue<L>>;
  /** The JSON value that `read` gives back as this one, the same for all ways of writing it. */
  toJson(this: void, value: StoredValue<L>): string | number | boolean;

  /** How answers show a value, as a key of a bucket and as a sort value. */
  readonly shown: ShownForm<StoredValue<L>>;
  /** Reads a sort value as answers show it; forms that `read` takes may stand there too. */
  readShown(this: void, value: unknown): ValueReading<StoredValue<L>>;

  /** The JSON value that a word of a query string stands for. One that is no such value stays text, for `read` to refuse. */
  fromText(this: void, text: string): string | number | boolean;
  /** What is expected of such a word, where `read` takes more than a word can say. */
  readonly expectedText?: string;
}
