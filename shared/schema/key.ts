/** Document keys: the caller's id, as a string. */
import { describeValue } from '../json/describe-value.ts';
import { isObject } from '../json/read-object.ts';
import { escapeToken } from '../json/request-node.ts';
import { limits } from '../limits.ts';
import type { DocumentFault } from './validate.ts';

const expected = 'a non-empty string without lone surrogates, or an integer';

/**
 * The key that a JSON value stands for: a string is itself, an integer its decimal digits. `undefined` for any other
 * value. The key may still be one that checkKey refuses.
 */
export function keyText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return Number.isSafeInteger(value) ? String(value) : undefined;
}

/** KEY_INVALID or KEY_TOO_LONG, or `null` when the key can be used. @param at where the key stands */
export function checkKey(key: string, at = 'key'): DocumentFault | null {
  if (key === '' || !key.isWellFormed()) {
    return { code: 'KEY_INVALID', at, detail: { expected, actual: describeValue(key) } };
  }
  const bytes = key.length * 3 <= limits.keyBytesMax ? 0 : Buffer.byteLength(key);
  if (bytes <= limits.keyBytesMax) return null;
  return { code: 'KEY_TOO_LONG', at, detail: { limit: limits.keyBytesMax, actual: bytes } };
}

/**
 * The key of a document: a string, or the fault KEY_MISSING (absent or null), KEY_INVALID or KEY_TOO_LONG.
 *
 * @param field dotted path of the field that holds it; a literal dotted property means the same as nested objects and
 *   comes first where there are both. An array is no key, whatever it holds.
 */
export function readKey(document: Readonly<Record<string, unknown>>, field: string): string | DocumentFault {
  const found = findValue(document, field);
  if (found === undefined || found.value === null) {
    return { code: 'KEY_MISSING', at: found?.at ?? '', detail: { field } };
  }
  const key = keyText(found.value);
  if (key === undefined) {
    return { code: 'KEY_INVALID', at: found.at, detail: { field, expected, actual: describeValue(found.value) } };
  }
  return checkKey(key, found.at) ?? key;
}

interface Found {
  readonly value: unknown;
  readonly at: string;
}

function findValue(object: Readonly<Record<string, unknown>>, path: string): Found | undefined {
  if (Object.hasOwn(object, path)) return { value: object[path], at: `/${escapeToken(path)}` };
  for (let dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
    const name = path.slice(0, dot);
    const inner = Object.hasOwn(object, name) ? object[name] : undefined;
    const found = isObject(inner) ? findValue(inner, path.slice(dot + 1)) : undefined;
    if (found !== undefined) return { value: found.value, at: `/${escapeToken(name)}${found.at}` };
  }
  return undefined;
}
