import { addressKey } from './address-key.ts';
import { isVersion4, parseAddress, type Address } from './parse-address.ts';

/** The keys of the first and the last address. They are the same for a single one. */
export interface AddressBlock {
  readonly first: string;
  readonly last: string;
}

const length = /^(?:0|[1-9][0-9]{0,2})$/;

/**
 * An address, or a block of them as an address and the number of leading bits they share: `10.0.0.0/8`, `2001:db8::/32`. Bits
 * after those may be set and do not matter. `undefined` for any other text.
 *
 * Of an IPv4 address that is written as IPv6 no block is taken: its bits could be counted either way.
 */
export function parseAddressBlock(text: string): AddressBlock | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  if (slash < 0) return { first: addressKey(address), last: addressKey(address) };
  const bits = text.slice(slash + 1);
  const isVersion6 = text.includes(':');
  if (!length.test(bits) || Number(bits) > (isVersion6 ? 128 : 32) || (isVersion6 && isVersion4(address))) {
    return undefined;
  }
  const fixed = Number(bits) + (isVersion6 ? 0 : 96);
  return { first: addressKey(withRest(address, fixed, 0)), last: addressKey(withRest(address, fixed, 0xffff)) };
}

/** @param rest what each group has where its bits are not among the first so many */
function withRest(address: Address, fixed: number, rest: 0 | 0xffff): Address {
  return address.map((part, i) => {
    const free = 0xffff >> Math.min(16, Math.max(0, fixed - 16 * i));
    return (part & ~free) | (rest & free);
  });
}
