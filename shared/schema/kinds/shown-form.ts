/** How answers show values of a kind. */
export interface ShownForm<Value> {
  /** What requests between root and leaf call it. */
  readonly name: string;
  /** A value as a key or sort value; null where it is shown as it is kept. */
  readonly show: ((value: Value) => string | number) | null;
  /** What stands beside a key as `key_as_string`, if anything; undefined for what is no value. */
  readonly asString: ((value: Value) => string | undefined) | null;
}

/** Values that are shown as they are kept. */
export const plainForm = { name: 'plain', show: null, asString: null } as const satisfies ShownForm<unknown>;
