/** Reading the texts of addresses: RFC 4291, 2.2 for IPv6, four decimal numbers for IPv4. */

/** An IPv6 address: eight groups of 16 bits, the highest first. An IPv4 address is an IPv4-mapped one. */
export type Address = readonly number[];

/** The longest there is: six groups and a dotted quad, each digit written. */
const lengthMax = 45;

const group = /^[0-9A-Fa-f]{1,4}$/;
/** Without leading zeros, which some take for octal. */
const octet = /^(?:0|[1-9][0-9]{0,2})$/;

/** The address that a text is, or `undefined` for none: a name, a zone, a port and a block are not part of one. */
export function parseAddress(text: string): Address | undefined {
  if (text.length > lengthMax) return undefined;
  if (text.includes(':')) return parseVersion6(text);
  const quad = parseDottedQuad(text);
  return quad === undefined ? undefined : [0, 0, 0, 0, 0, 0xffff, ...quad];
}

/** Groups, of which `::` stands for one or more that are 0. */
function parseVersion6(text: string): Address | undefined {
  const gap = text.indexOf('::');
  if (gap < 0) {
    const groups = parseGroups(text, true);
    return groups?.length === 8 ? groups : undefined;
  }
  if (text.includes('::', gap + 1)) return undefined;
  const head = parseGroups(text.slice(0, gap), false);
  const tail = parseGroups(text.slice(gap + 2), true);
  if (head === undefined || tail === undefined) return undefined;
  const left = 8 - head.length - tail.length;
  return left < 1 ? undefined : [...head, ...Array.from({ length: left }, () => 0), ...tail];
}

/** @param isEnd whether the last two groups of an address can stand here, which may be a dotted quad */
function parseGroups(text: string, isEnd: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!;
    if (group.test(part)) {
      groups.push(Number.parseInt(part, 16));
      continue;
    }
    const quad = isEnd && i === parts.length - 1 ? parseDottedQuad(part) : undefined;
    if (quad === undefined) return undefined;
    groups.push(...quad);
  }
  return groups;
}

/** `192.0.2.1` as two groups. */
function parseDottedQuad(text: string): [number, number] | undefined {
  const octets = text.split('.');
  if (octets.length !== 4 || !octets.every((part) => octet.test(part) && Number(part) <= 255)) return undefined;
  const [a, b, c, d] = octets.map(Number) as [number, number, number, number];
  return [a * 256 + b, c * 256 + d];
}

/** Whether it is an IPv4-mapped address, which is the IPv4 address. */
export function isVersion4(address: Address): boolean {
  return address[5] === 0xffff && address.slice(0, 5).every((part) => part === 0);
}
