/** Where the log is, as written in a setting. Pure. */
import { formatAddress, parseAddress, type Address } from '../transport/address.ts';
import { parseKubernetesService, type KubernetesService } from './source.ts';

/** Brokers of Kafka, and the name under which the log stands there. */
export interface KafkaSource {
  /** At least one; the others are found out. */
  readonly kafka: readonly Address[];
  readonly name: string;
}

/** An address, the service of Kubernetes whose one pod is the log, or Kafka. */
export type LogSource = Address | KubernetesService | KafkaSource;

/** For a fault and for the documentation. */
export const logSourceForms = 'host:port, kubernetes:[NAMESPACE/]SERVICE or kafka:HOST:PORT,…[/NAME]';

const kubernetes = 'kubernetes:';
const kafka = 'kafka:';
const kafkaNameDefault = 'sheaf';
/** What topics begin with, so that one Kafka may have several logs. */
const kafkaNamePattern = /^[A-Za-z0-9_-]{1,64}$/;

/** The source, or undefined for a text that is none. No service has a name of digits only: with such, it is a host and its port. */
export function parseLogSource(text: string): LogSource | undefined {
  const address = parseAddress(text);
  if (address !== undefined) return address;
  if (text.startsWith(kubernetes)) return parseKubernetesService(text.slice(kubernetes.length));
  return text.startsWith(kafka) ? parseKafka(text.slice(kafka.length)) : undefined;
}

export function formatLogSource(source: LogSource): string {
  if ('kafka' in source) {
    const brokers = source.kafka.map(formatAddress).join(',');
    return `${kafka}${brokers}${source.name === kafkaNameDefault ? '' : `/${source.name}`}`;
  }
  if (!('service' in source)) return formatAddress(source);
  const { namespace, service } = source;
  return `${kubernetes}${namespace === null ? '' : `${namespace}/`}${service}`;
}

function parseKafka(text: string): KafkaSource | undefined {
  const slash = text.indexOf('/');
  const [list, name] = slash < 0 ? [text, kafkaNameDefault] : [text.slice(0, slash), text.slice(slash + 1)];
  const brokers = list.split(',').map((each) => parseAddress(each));
  if (!kafkaNamePattern.test(name) || !brokers.every((broker) => broker !== undefined)) return undefined;
  return { kafka: brokers, name };
}
