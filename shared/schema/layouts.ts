/** The ways in which values of fields are kept. Several kinds share one: integers, dates and booleans are all numbers. */

interface ValueTypes {
  readonly string: string;
  readonly number: number;
}

/**
 * By layout, what a value is once it was read. `text`: cut into terms with frequencies and positions. `keyword`: one term,
 * in the order of its code points. `number`: a double.
 */
export const valueTypes = {
  text: 'string',
  keyword: 'string',
  number: 'number',
} as const satisfies Readonly<Record<string, keyof ValueTypes>>;

export type Layout = keyof typeof valueTypes;

/** A value as a layout keeps it. */
export type StoredValue<L extends Layout = Layout> = ValueTypes[(typeof valueTypes)[L]];
