/** Where a root looks for leaves, as written in its setting. Pure. */
import { parseAddress, type Address } from '../transport/address.ts';
import { parseLeafList, type LeafAddress } from './leaf-list.ts';

export type LeafSource =
  | { readonly kind: 'static'; readonly leaves: readonly LeafAddress[] }
  /** A file that holds a list, and is read again and again. */
  | { readonly kind: 'file'; readonly path: string }
  /** SRV records, whose targets begin with the names of the leaves. */
  | { readonly kind: 'srv'; readonly name: string }
  /** A and AAAA records; the leaves say their names themselves. */
  | { readonly kind: 'dns'; readonly address: Address }
  /** EndpointSlices of a headless service. */
  | ({ readonly kind: 'kubernetes' } & KubernetesService);

export interface KubernetesService {
  /** Null: the one of the pod that asks. */
  readonly namespace: string | null;
  readonly service: string;
}

/** For a fault and for the documentation. */
export const leafSourceForms =
  'name=host:port,… with no name and no address twice, file:PATH, srv:NAME, dns:HOST:PORT or kubernetes:[NAMESPACE/]SERVICE';

const dnsNamePattern = /^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_][A-Za-z0-9_-]{0,62})*\.?$/;
/** Names of namespaces and services. */
const labelPattern = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** The source, or undefined for a text that is none. */
export function parseLeafSource(text: string): LeafSource | undefined {
  const [, form, rest = ''] = /^(file|srv|dns|kubernetes):(.*)$/.exec(text) ?? [];
  switch (form) {
    case undefined: {
      const leaves = parseLeafList(text);
      return leaves === undefined || leaves.length === 0 ? undefined : { kind: 'static', leaves };
    }
    case 'file':
      return rest.trim() === '' ? undefined : { kind: 'file', path: rest };
    case 'srv':
      return dnsNamePattern.test(rest) ? { kind: 'srv', name: rest } : undefined;
    case 'dns': {
      const address = parseAddress(rest);
      return address !== undefined && dnsNamePattern.test(address.host) ? { kind: 'dns', address } : undefined;
    }
    default: {
      const service = parseKubernetesService(rest);
      return service === undefined ? undefined : { kind: 'kubernetes', ...service };
    }
  }
}

/** `SERVICE` or `NAMESPACE/SERVICE`. */
export function parseKubernetesService(text: string): KubernetesService | undefined {
  const parts = text.split('/');
  if (parts.length > 2 || !parts.every((part) => labelPattern.test(part))) return undefined;
  const service = parts.at(-1)!;
  return { namespace: parts.length === 2 ? parts[0]! : null, service };
}
