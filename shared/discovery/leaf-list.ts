/** A list of leaves as text: `name=host:port`, with commas or new lines between them. Pure. */
import { parseAddress, type Address } from '../transport/address.ts';

/** Name and address of a leaf. */
export interface LeafAddress {
  readonly name: string;
  readonly address: Address;
}

/** Leaf names end up in ring keys, folder names and Kubernetes pod names. */
const leafNamePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/;

export function isLeafName(text: string): boolean {
  return leafNamePattern.test(text);
}

/** The leaves of a text, none for an empty one; undefined where one cannot be read or two have one name or one address. */
export function parseLeafList(text: string): readonly LeafAddress[] | undefined {
  const leaves: LeafAddress[] = [];
  const seen = new Set<string>();
  const parts = text.split(/[,\n]/).map((part) => part.trim());
  if (parts.every((part) => part === '')) return leaves;
  while (parts.at(-1) === '' && text.endsWith('\n')) parts.pop();
  for (const part of parts) {
    const [name, addressText, ...rest] = part.split('=');
    const address = parseAddress(addressText ?? '');
    if (name === undefined || !isLeafName(name) || address === undefined || rest.length > 0) return undefined;
    const nameKey = `name ${name}`;
    const addressKey = `address ${address.host.toLowerCase()}:${address.port}`;
    if (seen.has(nameKey) || seen.has(addressKey)) return undefined;
    seen.add(nameKey).add(addressKey);
    leaves.push({ name, address });
  }
  return leaves;
}
