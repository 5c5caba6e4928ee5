/** Where a process listens, as written in options: `host:port`, or `name=host:port` for a leaf. */
export interface Address {
  readonly host: string;
  /** 1 to 65,535. */
  readonly port: number;
}

/** `host:port` as an address (an IPv6 host in brackets), or undefined. */
export function parseAddress(text: string): Address | undefined {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^\s:/]+):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port < 1 || port > 65_535) return undefined;
  return { host: match[1]!, port };
}

/**
 * Tells where a process is that moves, once that is known and whenever it changes.
 * @returns what ends it
 */
export type FollowAddress = (onAddress: (address: Address) => void) => { close(): void };

export function formatAddress(address: Address): string {
  return `${address.host}:${address.port}`;
}
