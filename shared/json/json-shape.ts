/**
 * How much structure a JSON text has, from its bytes: what parsing costs is bounded by that long before it is by the size. A
 * megabyte of one string is parsed in a millisecond; one of brackets, or of names that differ, takes fifty.
 */
import { SheafError } from '../errors.ts';
import { limits } from '../limits.ts';

const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/** By depth: names so far of the object that is open there. */
const namesAt = new Int32Array(limits.bodyDepthMax + 1);

/**
 * Counts the names of all objects: a colon stands after each, and outside of strings nowhere else. Stops at the first limit.
 * What is no JSON may be refused, and may be counted somehow. Hot: about 1 ns a byte.
 * @throws SheafError BODY_TOO_DEEP, BODY_TOO_MANY_PARTS
 */
export function countNames(bytes: Uint8Array): number {
  const { length } = bytes;
  let names = 0;
  let containers = 0;
  let values = 0;
  let depth = 0;
  namesAt[0] = 0;
  for (let at = 0; at < length;) {
    const byte = bytes[at++]!;
    if (byte === quote) {
      for (; at < length && bytes[at] !== quote; at++) if (bytes[at] === backslash) at++;
      at++;
    } else if (byte === comma) {
      if (++values >= limits.bodyValuesMax) throw tooMany('values', limits.bodyValuesMax, at);
    } else if (byte === colon) {
      if (++namesAt[depth]! > limits.bodyObjectNamesMax)
        throw tooMany('names of one object', limits.bodyObjectNamesMax, at);
      if (++names + containers > limits.bodyPartsMax)
        throw tooMany('objects, arrays and names', limits.bodyPartsMax, at);
    } else if (byte === openBrace || byte === openBracket) {
      if (++depth > limits.bodyDepthMax) throw tooDeep(at);
      if (++containers + names > limits.bodyPartsMax)
        throw tooMany('objects, arrays and names', limits.bodyPartsMax, at);
      namesAt[depth] = 0;
    } else if ((byte === closeBrace || byte === closeBracket) && depth > 0) depth--;
  }
  return names;
}

/** @param end of the byte that is over the limit */
function tooDeep(end: number): SheafError {
  const limit = limits.bodyDepthMax;
  return new SheafError('BODY_TOO_DEEP', { detail: { limit, actual: limit + 1, positionBytes: end - 1 } });
}

function tooMany(what: string, limit: number, end: number): SheafError {
  return new SheafError('BODY_TOO_MANY_PARTS', { detail: { what, limit, actual: limit + 1, positionBytes: end - 1 } });
}
