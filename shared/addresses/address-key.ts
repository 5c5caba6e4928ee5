/**
 * Keys of addresses: the 128 bits as 32 hexadecimal digits in lower case. All are of one length, so the order of keys as
 * strings is that of the addresses as numbers.
 */
import type { Address } from './parse-address.ts';

export function addressKey(address: Address): string {
  let key = '';
  for (const part of address) key += part.toString(16).padStart(4, '0');
  return key;
}

/** @param key of addressKey */
export function addressOfKey(key: string): Address {
  return Array.from({ length: 8 }, (_, i) => Number.parseInt(key.slice(4 * i, 4 * i + 4), 16));
}
