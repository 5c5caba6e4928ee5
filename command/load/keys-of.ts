/** The keys that the lines of a body change: what of two bodies must not change places. Pure. */
import { isObject } from '../../shared/json/read-object.ts';
import { keyText, readKey } from '../../shared/schema/key.ts';

const noKeys: ReadonlySet<string> = new Set();
const operations = ['_put', '_create', '_patch'] as const;

/**
 * Keys of the lines, as the root reads them; lines that it would refuse may have some, too. Cost: the body is parsed, where it can have keys.
 * @param body whole lines of NDJSON
 * @param field that has the keys of lines without one of their own
 */
export function keysOf(body: Buffer, field: string | undefined): ReadonlySet<string> {
  if (field === undefined && !body.includes('"_key"') && !body.includes('"_delete"')) return noKeys;
  const keys = new Set<string>();
  for (const text of body.toString().split('\n')) {
    const key = keyOf(text, field);
    if (key !== undefined) keys.add(key);
  }
  return keys;
}

function keyOf(text: string, field: string | undefined): string | undefined {
  const line = parse(text);
  if (!isObject(line)) return undefined;
  const own = keyText(line['_key'] ?? line['_delete']);
  if (own !== undefined || field === undefined) return own;
  const name = operations.find((each) => Object.hasOwn(line, each));
  const document = name === undefined ? line : line[name];
  const key = isObject(document) ? readKey(document, field) : undefined;
  return typeof key === 'string' ? key : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
