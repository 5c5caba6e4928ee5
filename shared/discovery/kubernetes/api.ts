/** List and watch of the EndpointSlices of one service, over the API of Kubernetes. Touches the world: sockets, the token. */
import type { Pool } from 'undici';
import { isObject } from '../../json/read-object.ts';
import { openPool } from '../../transport/outgoing.ts';

export interface ApiAccess {
  /** Of the API server, without a slash at its end. */
  readonly url: string;
  /** Certificate that signed the server's, in PEM; undefined where the system knows it, or for plain HTTP. */
  readonly ca: string | undefined;
  /** The token of the service account, read for each request: it is replaced about every hour. */
  readonly token: () => Promise<string>;
}

export interface SliceList {
  readonly items: readonly unknown[];
  readonly resourceVersion: string;
}

export interface WatchEvent {
  readonly type: string;
  readonly object: unknown;
}

/** The server no longer has the changes since a version: everything has to be listed again. */
export class VersionGone extends Error {}

const listTimeoutMs = 10_000;
/** The server ends a watch after this time, so that one whose connection died unnoticed is not waited on for ever. */
const watchSeconds = 50;

export class SliceApi {
  private readonly access: ApiAccess;
  private readonly pool: Pool;
  private readonly path: string;
  private readonly selector: string;

  constructor(access: ApiAccess, { namespace, service }: { readonly namespace: string; readonly service: string }) {
    this.access = access;
    this.pool = openPool(access.url, { ca: access.ca, connectTimeoutMs: listTimeoutMs });
    this.path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
    this.selector = `kubernetes.io/service-name=${service}`;
  }

  async list(signal: AbortSignal): Promise<SliceList> {
    const body = await this.ask({}, listTimeoutMs, signal);
    const list = JSON.parse(await body.text()) as unknown;
    const metadata = isObject(list) ? list['metadata'] : undefined;
    const version = isObject(metadata) ? metadata['resourceVersion'] : undefined;
    const items = isObject(list) ? list['items'] : undefined;
    if (!Array.isArray(items) || typeof version !== 'string') throw new Error('the API server sent no list');
    return { items, resourceVersion: version };
  }

  /**
   * The changes since a version, until the server ends the watch.
   * @throws VersionGone when the server does not have them any more
   */
  async *watch(resourceVersion: string, signal: AbortSignal): AsyncGenerator<WatchEvent> {
    const query = { watch: '1', allowWatchBookmarks: 'true', timeoutSeconds: String(watchSeconds), resourceVersion };
    const body = await this.ask(query, (watchSeconds + 10) * 1000, signal);
    // Left early, the body ends with an error of its own that nobody waits for.
    body.on('error', () => undefined);
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      const lines = (text + decoder.decode(chunk, { stream: true })).split('\n');
      text = lines.pop()!;
      for (const line of lines) if (line !== '') yield readEvent(line);
    }
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }

  private async ask(query: Readonly<Record<string, string>>, timeoutMs: number, signal: AbortSignal) {
    const { statusCode, body } = await this.pool.request({
      method: 'GET',
      path: this.path,
      query: { labelSelector: this.selector, ...query },
      headers: { authorization: `Bearer ${await this.access.token()}`, accept: 'application/json' },
      headersTimeout: listTimeoutMs,
      bodyTimeout: timeoutMs,
      signal,
    });
    if (statusCode === 200) return body;
    const text = await body.text();
    if (statusCode === 410) throw new VersionGone(text);
    throw new Error(`the API server answered ${statusCode} to a request for ${this.path}: ${text.slice(0, 500)}`);
  }
}

function readEvent(line: string): WatchEvent {
  const event = JSON.parse(line) as unknown;
  if (!isObject(event) || typeof event['type'] !== 'string') throw new Error('the API server sent no watch event');
  if (event['type'] === 'ERROR') throw errorOf(event['object']);
  return { type: event['type'], object: event['object'] };
}

function errorOf(status: unknown): Error {
  const code = isObject(status) ? status['code'] : undefined;
  const message = isObject(status) ? String(status['message']) : 'no reason given';
  return code === 410 ? new VersionGone(message) : new Error(`the watch failed: ${message}`);
}
