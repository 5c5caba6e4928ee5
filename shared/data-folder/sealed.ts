/**
 * A small value as the text of a file, under a checksum, so that a byte that was damaged is never taken for a value. Pure.
 *
 *     {"checksum":"0123456789abcdef","value":…}⏎      the checksum is xxh64 of the value's JSON as it stands there
 */
import { SheafError } from '../errors.ts';
import { hash64 } from '../hashing/hash.ts';

const form = /^\{"checksum":"([0-9a-f]{16})","value":(.*)\}\n$/s;

/** @param value anything that JSON can say */
export function seal(value: unknown): string {
  const json = JSON.stringify(value);
  return `{"checksum":"${checksumOf(json)}","value":${json}}\n`;
}

/**
 * The value of a text that `seal` made.
 * @param path of the file, for the error
 * @throws SheafError DATA_CORRUPT where a byte of it is another
 */
export function unseal(text: string, path: string): unknown {
  const [, checksum, json] = form.exec(text) ?? [];
  if (json === undefined || checksumOf(json) !== checksum) {
    throw new SheafError('DATA_CORRUPT', { detail: { path, reason: 'checksum' } });
  }
  return JSON.parse(json);
}

function checksumOf(json: string): string {
  return hash64(json).toString(16).padStart(16, '0');
}
