/** The bytes of a value inside a JSON object, as they were sent: what is put into the log is never written anew. Pure. */

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openings = new Set([0x5b, 0x7b]);
const closings = new Set([0x5d, 0x7d]);

/**
 * The bytes of a member of the outermost object, white space around it included.
 * @param json a valid JSON object in which no name stands twice
 * @returns undefined where it has no such member
 */
export function memberBytes(json: Buffer, name: string): Buffer | undefined {
  let depth = 0;
  let nameOf: Buffer | null = null;
  let string: Buffer | null = null;
  let start = 0;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]!;
    if (byte === quote) {
      const end = endOfString(json, at);
      string = json.subarray(at, end);
      at = end - 1;
    } else if (depth === 1 && byte === colon) {
      nameOf = string;
      start = at + 1;
    } else if (openings.has(byte)) depth++;
    else if (closings.has(byte) || byte === comma) {
      if (depth === 1 && nameOf !== null && isName(nameOf, name)) return json.subarray(start, at);
      if (byte !== comma) depth--;
      else if (depth === 1) nameOf = null;
    }
  }
  return undefined;
}

/** @param written a JSON string: names may be written with escapes */
function isName(written: Buffer, name: string): boolean {
  return JSON.parse(written.toString('utf8')) === name;
}

/** The position after the string that begins here. */
function endOfString(json: Buffer, start: number): number {
  let at = start + 1;
  while (json[at] !== quote) at += json[at] === backslash ? 2 : 1;
  return at + 1;
}
