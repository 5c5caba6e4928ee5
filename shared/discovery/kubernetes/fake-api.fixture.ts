/** A server that speaks list and watch of EndpointSlices as the API of Kubernetes does: chunked lines of JSON. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A slice of `name@host`; `!` behind an endpoint whose pod terminates, `~` behind one that is not ready. */
export function makeSlice(name: string, endpoints: readonly string[], resourceVersion = '1') {
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
    ports: [{ name: 'http', port: 7710, protocol: 'TCP' }],
  };
}

export async function startFakeApi() {
  const requests: string[] = [];
  const tokens: string[] = [];
  const watches = new Set<ServerResponse>();
  let list: readonly unknown[] = [];
  let version = '1';
  /** Statuses to answer with before anything else. */
  const refusals: number[] = [];
  const server = createServer((request, response) => {
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
      response.end(JSON.stringify({ kind: 'Status', code: status, message: `refused with ${status}` }));
    } else if (url.searchParams.get('watch') === '1') {
      response.flushHeaders();
      watches.add(response);
      response.on('close', () => watches.delete(response));
    } else {
      response.end(JSON.stringify({ kind: 'EndpointSliceList', metadata: { resourceVersion: version }, items: list }));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
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
      for (const response of watches) response.write(text);
    },
    event: (type: string, object: unknown) => {
      for (const response of watches) response.write(`${JSON.stringify({ type, object })}\n`);
    },
    endWatches: () => {
      for (const response of watches) response.end();
    },
    breakWatches: () => {
      for (const response of watches) response.destroy();
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
