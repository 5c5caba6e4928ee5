/**
 * Which names a request may call this server by, in `Host`. A page whose name is made to point here (DNS rebinding) is of the
 * same origin as what it asks for, so that a browser holds nothing back; but it calls the server by the page's name.
 *
 * An address in place of a name cannot be rebound: whoever opened it was served from it. So where a server listens on every
 * address of a machine, every address will do, and health probes, peers and port forwarding need no list.
 */
import { isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';
import { SheafError } from '../errors.ts';

export interface HostRules {
  /** The address listened on. */
  readonly listen: string;
  /** Further names: `search.example`; `.example` for every name below it; `*` for all. Lower case, without ports. */
  readonly names: readonly string[];
}

/** A name or an address, and perhaps a port; an address of IPv6 stands in brackets. */
const form = /^(?:\[([\da-f:.]+)\]|([^:[\]/?#@\s]+?)\.?)(?::\d{1,5})?$/i;

/**
 * Gives a check of requests. Who names no host is no browser, and passes.
 * @returns throws SheafError HOST_UNKNOWN
 */
export function hostCheck(rules: HostRules): (request: IncomingMessage) => void {
  // Clients repeat themselves: what passed last is not read again.
  let passed: string | undefined;
  return ({ headers: { host } }) => {
    if (host === undefined || host === passed) return;
    if (!isOwn(host, rules)) throw new SheafError('HOST_UNKNOWN', { detail: { host } });
    passed = host;
  };
}

function isOwn(host: string, { listen, names }: HostRules): boolean {
  const [, inBrackets, plain] = form.exec(host) ?? [];
  const name = (inBrackets ?? plain)?.toLowerCase();
  if (name === undefined) return false;
  return isLoopback(name) || isNamed(name, [bare(listen), ...names]) || (isEveryAddress(listen) && isIP(name) !== 0);
}

function isNamed(name: string, names: readonly string[]): boolean {
  return names.some((one) => one === '*' || one === name || (one.startsWith('.') && name.endsWith(one)));
}

/** Of IPv4 and of IPv6. */
function isEveryAddress(listen: string): boolean {
  return listen === '0.0.0.0' || bare(listen) === '::';
}

/** Whether only this machine is reached by it. `localhost` and names below it are resolved to loopback by browsers themselves. */
export function isLoopback(host: string): boolean {
  const name = bare(host);
  if (isIP(name) === 4) return name.startsWith('127.');
  return name === '::1' || name === 'localhost' || name.endsWith('.localhost');
}

function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
}
