/** Leaves by the EndpointSlices of their headless service: list, then watch. Touches the world: the API server, timers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isObject } from '../../json/read-object.ts';
import { tellChanges, type Discovery, type DiscoveryEvents } from '../discovery.ts';
import { SliceApi, VersionGone, type ApiAccess } from './api.ts';
import { placesOf, withoutSlice, withSlice, type Slices } from './slices.ts';

export interface KubernetesOptions {
  readonly access: ApiAccess;
  readonly namespace: string;
  readonly service: string;
  /** Uniform in [0, 1): spreads the requests of many roots after the server was away. */
  readonly random: () => number;
}

const delayMsFirst = 100;
const delayMsMax = 10_000;

/**
 * Follows the slices of a service. A watch that ends is taken up at the version it reached, an expired version makes
 * everything be listed again, and failures are tried again after a delay that doubles from 0.1 to 10 s, with jitter.
 */
export function followKubernetes(options: KubernetesOptions, events: DiscoveryEvents): Discovery {
  const following = new Following(options, events);
  void following.run();
  return { close: () => following.close() };
}

class Following {
  private readonly options: KubernetesOptions;
  private readonly tell: DiscoveryEvents['onPlaces'];
  private readonly onFault: DiscoveryEvents['onFault'];
  private readonly api: SliceApi;
  private readonly closing = new AbortController();
  private slices: Slices = new Map();
  /** Null before everything was listed. */
  private version: string | null = null;
  private failures = 0;

  constructor(options: KubernetesOptions, { onPlaces, onFault }: DiscoveryEvents) {
    this.options = options;
    this.tell = tellChanges(onPlaces);
    this.onFault = onFault;
    this.api = new SliceApi(options.access, options);
  }

  async run(): Promise<void> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      try {
        await this.follow(signal);
      } catch (error) {
        if (error instanceof VersionGone) this.version = null;
        else if (!signal.aborted) this.failed(error);
      }
      await this.pause(signal);
    }
    await this.api.close();
  }

  close(): void {
    this.closing.abort();
  }

  private async follow(signal: AbortSignal): Promise<void> {
    if (this.version === null) {
      const { items, resourceVersion } = await this.api.list(signal);
      this.slices = items.reduce<Slices>(withSlice, new Map());
      this.version = resourceVersion;
      this.succeeded();
    }
    for await (const { type, object } of this.api.watch(this.version, signal)) {
      if (type === 'ADDED' || type === 'MODIFIED') this.slices = withSlice(this.slices, object);
      if (type === 'DELETED') this.slices = withoutSlice(this.slices, object);
      // A bookmark carries nothing but the version.
      this.version = versionOf(object) ?? this.version;
      this.succeeded();
    }
  }

  private succeeded(): void {
    this.failures = 0;
    this.tell(placesOf(this.slices));
  }

  private failed(error: unknown): void {
    if (this.failures++ === 0) this.onFault(error instanceof Error ? error.message : String(error));
  }

  /** Short after a watch that ended as it should: a server that ends each at once must not be asked without end. */
  private async pause(signal: AbortSignal): Promise<void> {
    const delayMs = Math.min(delayMsMax, delayMsFirst * 2 ** this.failures) * (0.5 + this.options.random() / 2);
    await sleep(delayMs, undefined, { signal }).catch(() => undefined);
  }
}

function versionOf(object: unknown): string | undefined {
  const metadata = isObject(object) ? object['metadata'] : undefined;
  const version = isObject(metadata) ? metadata['resourceVersion'] : undefined;
  return typeof version === 'string' ? version : undefined;
}
