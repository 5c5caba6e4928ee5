/**
 * The value a record holds under a name that came from a caller. Words such as `constructor` are allowed names, so
 * what every object inherits must not answer for them.
 */
export function ownValue<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
