/** A server that speaks list and watch of EndpointSlices as the API of Kubernetes does: chunked lines of JSON. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo } from 'node:net';

/** A slice of `name@host`; `!` behind an endpoint whose pod terminates, `~` behind one that is not ready. */
export function makeSlice(name: string, endpoints: readonly string[], resourceVersion = '1', port = 7710) {
  return {
    kind: 'EndpointSlice',
    apiVersion: 'discovery.k8s.io/v1',
    metadata: { name, resourceVersion, labels: { 'kubernetes.io/service-name': 'leaf' } },
    addressType: 'IPv4',
    endpoints: endpoints.map((text) => {
      const [, hostname, host, mark] = /^([^@]+)@(.+?)([!~]?)$/.exec(text)!;
      const conditions = { ready: mark === '', serving: mark === '', terminating: mark === '!' };
      return { addresses: [host], hostname, conditions, targetRef: { kind: 'Pod', name: hostname } };
    }),
    ports: [{ name: 'http', port, protocol: 'TCP' }],
  };
}

/** What the server proves itself with, in PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** @param certificate with it the server speaks TLS and HTTP/2 where the client does, as the real one; without, plain HTTP/1.1 */
export async function startFakeApi(certificate?: Certificate) {
  const requests: string[] = [];
  const tokens: string[] = [];
  const versions = new Set<string>();
  const watches = new Set<ServerResponse | Http2ServerResponse>();
  let list: readonly unknown[] = [];
  let version = '1';
  /** Statuses to answer with before anything else. */
  const refusals: number[] = [];
  const answer = (
    request: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
  ): void => {
    versions.add(request.httpVersion);
    const url = new URL(request.url!, 'http://fake');
    requests.push(
      `${url.searchParams.get('watch') === '1' ? 'watch' : 'list'} ${url.searchParams.get('resourceVersion') ?? ''}`.trim(),
    );
    tokens.push(String(request.headers.authorization));
    const path = '/apis/discovery.k8s.io/v1/namespaces/search/endpointslices';
    const known = url.pathname === path && url.searchParams.get('labelSelector') === 'kubernetes.io/service-name=leaf';
    const status = known ? refusals.shift() : 404;
    response.setHeader('content-type', 'application/json');
    if (status !== undefined) {
      response.statusCode = status;
      end(response, JSON.stringify({ kind: 'Status', code: status, message: `refused with ${status}` }));
    } else if (url.searchParams.get('watch') === '1') {
      (response as Pick<ServerResponse, 'flushHeaders'>).flushHeaders();
      watches.add(response);
      response.on('close', () => watches.delete(response));
    } else {
      end(response, JSON.stringify({ kind: 'EndpointSliceList', metadata: { resourceVersion: version }, items: list }));
    }
  };
  const plain = createServer(answer);
  const secure = certificate === undefined ? null : createSecureServer({ ...certificate, allowHTTP1: true }, answer);
  const server = secure ?? plain;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${secure === null ? 'http' : 'https'}://127.0.0.1:${port}`,
    versions,
    requests,
    tokens,
    refusals,
    watching: () => watches.size,
    setList: (items: readonly unknown[], resourceVersion: string) => {
      list = items;
      version = resourceVersion;
    },
    /** Sends bytes to whoever watches, as they are. */
    send: (text: string) => {
      for (const response of watches) write(response, text);
    },
    event: (type: string, object: unknown) => {
      for (const response of watches) write(response, `${JSON.stringify({ type, object })}\n`);
    },
    endWatches: () => {
      for (const response of watches) response.end();
    },
    breakWatches: () => {
      for (const response of watches) response.destroy();
    },
    close: () => {
      for (const response of watches) response.destroy();
      plain.closeAllConnections();
      server.close();
    },
  };
}

function write(response: ServerResponse | Http2ServerResponse, text: string): void {
  (response as Pick<ServerResponse, 'write'>).write(text);
}

function end(response: ServerResponse | Http2ServerResponse, text: string): void {
  (response as Pick<ServerResponse, 'end'>).end(text);
}
