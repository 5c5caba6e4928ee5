/**
 * Routing: a text in place of the key by which a document finds its shard. It is kept with the document, as its member
 * `_routing`, which no document sent can have: so it goes wherever the document goes, through patches, merges and copies. Pure.
 */
import { isRawJSON, rawJSON } from '../json/raw-json.ts';
import { isObject } from '../json/read-object.ts';
import { checkKey } from './key.ts';
import type { DocumentFault } from './validate.ts';

/** The member of a stored document, and what a line of a body calls it. */
export const routingName = '_routing';

const name = Buffer.from(`"${routingName}":`);
const start = Buffer.from(`{"${routingName}":`);
const [quote, backslash, comma, openBrace, closeBrace] = [0x22, 0x5c, 0x2c, 0x7b, 0x7d];

/** What is wrong with a text as a routing: it has to be what a key may be; null where nothing is. */
export function checkRouting(text: string, at = 'routing'): DocumentFault | null {
  return checkKey(text, at);
}

/** A document that was sent has no routing in it: it is said beside it. */
export function reservedMember(document: unknown): DocumentFault | null {
  if (!isObject(document) || !Object.hasOwn(document, routingName)) return null;
  const reason = 'the routing of a document is said beside it: ?routing=, or _routing of a line with an operation';
  return { code: 'DOCUMENT_FIELD_UNKNOWN', at: `/${routingName}`, detail: { field: routingName, reason } };
}

/** @param document a JSON object as it was sent, without white space around it */
export function withRouting(document: Uint8Array, routing: string): Buffer {
  let at = 1;
  while (isSpace(document[at]!)) at++;
  const head = `{"${routingName}":${JSON.stringify(routing)}${document[at] === closeBrace ? '' : ','}`;
  return Buffer.concat([Buffer.from(head), document.subarray(at)]);
}

/** Whether a document that was written whole has a routing, which then is its first member. Cost: a comparison of a few bytes. */
export function isRouted(stored: Uint8Array): boolean {
  return start.every((byte, i) => stored[i] === byte);
}

export interface RoutedSource {
  /** Null of a document that went by its key. */
  readonly routing: string | null;
  /** The document as it was sent. */
  readonly source: Uint8Array;
}

/**
 * A stored document in its two parts. Cost: a comparison of a few bytes, and where the document was patched, so that its routing
 * may stand anywhere, a search of its bytes; only where a document has such a name further in it is parsed.
 */
export function splitRouting(stored: Uint8Array): RoutedSource {
  const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
  if (bytes.subarray(0, start.length).equals(start) && bytes[start.length] === quote) return splitFirst(bytes);
  return bytes.indexOf(name) < 0 ? { routing: null, source: stored } : splitParsed(bytes);
}

function splitFirst(bytes: Buffer): RoutedSource {
  let at = start.length + 1;
  while (bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
  const routing = JSON.parse(bytes.toString('utf8', start.length, at + 1)) as string;
  const rest = bytes[at + 1] === comma ? at + 2 : at + 1;
  return { routing, source: Buffer.concat([Buffer.of(openBrace), bytes.subarray(rest)]) };
}

function splitParsed(bytes: Buffer): RoutedSource {
  const document = JSON.parse(bytes.toString(), keepDigits) as Record<string, unknown>;
  const routing = Object.hasOwn(document, routingName) ? document[routingName] : null;
  if (typeof routing !== 'string') return { routing: null, source: bytes };
  const kept: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const each of Object.keys(document)) if (each !== routingName) kept[each] = document[each];
  return { routing, source: Buffer.from(JSON.stringify(kept)) };
}

function keepDigits(_name: string, value: unknown, context?: { readonly source: string }): unknown {
  if (typeof value !== 'number' || isRawJSON(value) || context === undefined) return value;
  return String(value) === context.source ? value : rawJSON(context.source);
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}
