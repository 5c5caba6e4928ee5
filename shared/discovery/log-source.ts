/** Where the log is, as written in a setting. Pure. */
import { formatAddress, parseAddress, type Address } from '../transport/address.ts';
import { parseKubernetesService, type KubernetesService } from './source.ts';

/** An address, or the service of Kubernetes whose one pod is the log. */
export type LogSource = Address | KubernetesService;

/** For a fault and for the documentation. */
export const logSourceForms = 'host:port or kubernetes:[NAMESPACE/]SERVICE';

const prefix = 'kubernetes:';

/** The source, or undefined for a text that is none. No service has a name of digits only: with such, it is a host and its port. */
export function parseLogSource(text: string): LogSource | undefined {
  const address = parseAddress(text);
  if (address !== undefined || !text.startsWith(prefix)) return address;
  return parseKubernetesService(text.slice(prefix.length));
}

export function formatLogSource(source: LogSource): string {
  if (!('service' in source)) return formatAddress(source);
  const { namespace, service } = source;
  return `${prefix}${namespace === null ? '' : `${namespace}/`}${service}`;
}
