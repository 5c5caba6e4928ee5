import type { Reader } from '../../json/readers.ts';

/** An option of fields: how it is read, and what it says of a field that does not have it. */
export interface OptionDefinition<Value> {
  readonly read: Reader<Value>;
  /** Whether the value says what holds without it. Such are left out, so that equal definitions look equal. */
  isDefault(this: void, value: Value): boolean;
  isSame(this: void, a: Value, b: Value): boolean;
}
