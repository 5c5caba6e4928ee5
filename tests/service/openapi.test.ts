import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { errorTable } from '../../shared/errors.ts';
import { searchBodyProperties } from '../../root/query/parse-search-body.ts';
import { searchParameters } from '../../root/query/parse-search-parameters.ts';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must, send } from './client.ts';

interface Operation {
  readonly parameters?: { readonly in: string; readonly name: string }[];
  readonly requestBody?: { readonly content: Record<string, { schema: { properties: object; examples?: unknown[] } }> };
  readonly responses: Record<string, { content?: Record<string, { schema: unknown }> }>;
}

interface OpenApi {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
}

let cluster: Cluster;
let api: OpenApi;
before(async () => {
  cluster = await startCluster({ leaves: 1 });
  api = await must<OpenApi>('GET', `${cluster.url}/openapi.json`);
});
after(() => cluster?.stop());

const operations = (): [string, string, Operation][] =>
  Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, string, Operation] => [path, method, operation]),
  );

test('openapi: version 3.1, and the page to try it', async () => {
  assert.match(api.openapi, /^3\.1/);
  const page = await fetch(`${cluster.url}/docs`);
  assert.equal(page.status, 200);
  assert.match(await page.text(), /swagger-ui/);
});

test('openapi: lists exactly the routes there are', () => {
  assert.deepEqual(
    operations()
      .map(([path, method]) => `${method} ${path}`)
      .sort(),
    [
      'delete /v1/indexes/{index}',
      'delete /v1/indexes/{index}/documents/{key}',
      'delete /v1/snapshots/{name}',
      'delete /v1/sources/{source}',
      'delete /v1/templates/{template}',
      'get /metrics',
      'get /v1/aliases',
      'get /v1/aliases/{alias}',
      'get /v1/cluster',
      'get /v1/health/live',
      'get /v1/health/ready',
      'get /v1/indexes',
      'get /v1/indexes/{index}',
      'get /v1/indexes/{index}/documents/{key}',
      'get /v1/indexes/{index}/rows',
      'get /v1/indexes/{index}/search',
      'get /v1/jobs',
      'get /v1/jobs/{id}',
      'get /v1/restores',
      'get /v1/snapshots',
      'get /v1/snapshots/{name}',
      'get /v1/sources',
      'get /v1/sources/{source}',
      'get /v1/templates',
      'get /v1/templates/{template}',
      'patch /v1/indexes/{index}/documents/{key}',
      'post /v1/aliases',
      'post /v1/aliases/{alias}/rollover',
      'post /v1/counters/{index}',
      'post /v1/indexes/{index}/analyze',
      'post /v1/indexes/{index}/documents',
      'post /v1/indexes/{index}/search',
      'post /v1/jobs',
      'post /v1/jobs/{id}/cancel',
      'post /v1/jobs/{id}/pause',
      'post /v1/jobs/{id}/resume',
      'post /v1/restores',
      'post /v1/snapshots',
      'post /v1/sources/{source}/pause',
      'post /v1/sources/{source}/replay',
      'post /v1/sources/{source}/resume',
      'put /v1/indexes/{index}',
      'put /v1/indexes/{index}/documents/{key}',
      'put /v1/sources/{source}',
      'put /v1/templates/{template}',
    ],
  );
});

test('openapi: every parameter documented is known, and one not documented is refused', async () => {
  await must('PUT', `${cluster.url}/v1/indexes/books`, { shards: 1, schema: { fields: { title: { kind: 'text' } } } });
  for (const [path, method, operation] of operations()) {
    if (path === '/metrics' || path.includes('health')) continue;
    const url = `${cluster.url}${path.replace('{index}', 'books').replace('{key}', 'k').replace('{id}', '0')}`;
    for (const { name } of (operation.parameters ?? []).filter((each) => each.in === 'query')) {
      const { body } = await send<{ error?: { code: string } }>(method.toUpperCase(), `${url}?${name}=`);
      assert.notEqual(body.error?.code, 'PARAMETER_UNKNOWN', `${method} ${path} ${name}`);
    }
    if (method === 'delete' && !path.includes('documents')) continue;
    const { body } = await send<{ error?: { code: string } }>(method.toUpperCase(), `${url}?undocumented=1`);
    assert.equal(body.error?.code, 'PARAMETER_UNKNOWN', `${method} ${path}`);
  }
});

test('openapi: a search body and its parameters are documented as they are read', async () => {
  const post = api.paths['/v1/indexes/{index}/search']!['post']!;
  const { schema } = post.requestBody!.content['application/json']!;
  assert.deepEqual(Object.keys(schema.properties).sort(), [...searchBodyProperties].sort());
  const get = api.paths['/v1/indexes/{index}/search']!['get']!;
  const names = get.parameters!.filter((each) => each.in === 'query').map(({ name }) => name);
  assert.deepEqual(names.sort(), [...searchParameters].sort());
});

test('openapi: errors have every code of the table', () => {
  for (const [path, method, operation] of operations()) {
    if (path === '/metrics') continue;
    const { schema } = Object.values(operation.responses['4XX']!.content!)[0]!;
    const { properties } = schema as { properties: { error: { properties: { code: { enum: string[] } } } } };
    assert.deepEqual(properties.error.properties.code.enum, Object.keys(errorTable), `${method} ${path}`);
  }
});

test('metrics: Prometheus text with searches counted', async () => {
  await must('GET', `${cluster.url}/v1/indexes/books/search`);
  const text = await (await fetch(`${cluster.url}/metrics`)).text();
  assert.match(text, /^sheaf_root_searches_total\{outcome="complete"\} [1-9]/m);
  assert.match(text, /^# TYPE sheaf_root_request_seconds histogram$/m);
});
