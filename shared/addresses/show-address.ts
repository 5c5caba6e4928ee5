import { isVersion4, type Address } from './parse-address.ts';

/** The one form of an address: dotted for IPv4, else as RFC 5952 writes it. */
export function showAddress(address: Address): string {
  if (isVersion4(address))
    return address
      .slice(6)
      .flatMap((part) => [part >> 8, part & 0xff])
      .join('.');
  const { start, length } = longestZeros(address);
  const show = (from: number, to: number): string =>
    address
      .slice(from, to)
      .map((part) => part.toString(16))
      .join(':');
  return length < 2 ? show(0, 8) : `${show(0, start)}::${show(start + length, 8)}`;
}

/** The longest run of groups that are 0, the first of several. */
function longestZeros(address: Address): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let i = 0; i < address.length; i++) {
    if (address[i] !== 0) start = i + 1;
    else if (i + 1 - start > best.length) best = { start, length: i + 1 - start };
  }
  return best;
}
