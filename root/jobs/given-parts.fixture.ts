import assert from 'node:assert/strict';

/** What a test needs of something large: whatever it is not given fails the test that uses it. */
export function givenParts<T extends object>(parts: Partial<T>): T {
  return new Proxy(parts as T, {
    get: (each, name) => (name in each ? Reflect.get(each, name) : assert.fail(`${String(name)} is used`)),
  });
}
