/** The API page can be tried: what its document says to send is sent, and succeeds. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { demoSchema } from '../../command/demo/demo.ts';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must } from './client.ts';

type Named = Readonly<Record<string, { readonly value: unknown }>>;

interface WithExamples {
  readonly example?: unknown;
  readonly examples?: Named;
}

interface Parameter extends WithExamples {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, WithExamples & { readonly schema: unknown }>> };
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** One request that the document describes. */
interface Example {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly url: string;
  readonly type?: string;
  readonly body?: string;
}

const folder = mkdtempSync(join(tmpdir(), 'sheaf-examples-'));
let cluster: Cluster;
let api: OpenApi;
before(async () => {
  cluster = await startCluster({ leaves: 1, args: ['--snapshots', `file:${folder}`, '--snapshot-ms', '200'] });
  api = await must<OpenApi>('GET', `${cluster.url}/openapi.json`);
  // What the demo has, as far as the examples speak of it.
  await must('PUT', `${cluster.url}/v1/indexes/wordnet`, { schema: demoSchema, shards: 1 });
});
after(async () => {
  await cluster?.stop();
  rmSync(folder, { recursive: true });
});

/** By name; one without a name stands for every name. */
function valueOf({ example, examples }: WithExamples, name: string): unknown {
  return examples === undefined ? example : (examples[name] ?? Object.values(examples)[0])?.value;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function encode(value: unknown, type: string): string {
  if (type !== 'application/x-www-form-urlencoded') return textOf(value);
  return new URLSearchParams(value as Record<string, string>).toString();
}

function examplesOf(path: string, method: string, { parameters = [], requestBody }: Operation): Example[] {
  const contents = Object.entries(requestBody?.content ?? {});
  const everything = [...parameters, ...contents.map(([, content]) => content)];
  const names = new Set(everything.flatMap(({ examples }) => Object.keys(examples ?? {})));
  return [...(names.size === 0 ? ['the example'] : names)].flatMap((name) => {
    const query = new URLSearchParams();
    let filled = path;
    for (const parameter of parameters) {
      const value = valueOf(parameter, name);
      if (value === undefined) continue;
      if (parameter.in === 'path') filled = filled.replace(`{${parameter.name}}`, encodeURIComponent(textOf(value)));
      if (parameter.in === 'query') query.set(parameter.name, textOf(value));
    }
    const request = { name, method, path, url: `${filled}${query.size === 0 ? '' : `?${query.toString()}`}` };
    if (contents.length === 0) return [request];
    return contents.map(([type, content]) => ({ ...request, type, body: encode(valueOf(content, name), type) }));
  });
}

const methods = ['put', 'patch', 'post', 'get', 'delete'];

/** Made before written to, written before read, and deleted from within. */
function inOrder(a: Example, b: Example): number {
  const steps = a.path.length - b.path.length;
  return methods.indexOf(a.method) - methods.indexOf(b.method) || (a.method === 'delete' ? -steps : steps);
}

/** What succeeds only while the job of the example goes on, which has ended in a moment, or where there is a Kafka: see jobs.test.ts, tests/kafka. */
const needsMore = /^\/v1\/(jobs\/\{id\}\/(pause|resume|cancel)|sources\/\{source\}\/replay)$/;

/** What succeeds only where something was stored that was in use before: see tests/scenarios/restore.test.ts. */
const needsALoss = '/v1/restores';

function allExamples(): Example[] {
  const paths = Object.entries(api.paths).filter(([path]) => !needsMore.test(path) && path !== needsALoss);
  const all = paths.flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, operation]) => examplesOf(path, method, operation)),
  );
  return all.sort(inOrder);
}

test('openapi: every route that takes a body says which, with an example for each content type', () => {
  const withBody = Object.entries(api.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { requestBody }]) => {
      if (method === 'get' || method === 'delete') return [];
      const types = Object.entries(requestBody?.content ?? {});
      const lacking = types.filter(([, { example, examples }]) => example === undefined && examples === undefined);
      return [`${method} ${path}: ${types.length > 0 && lacking.length === 0 ? 'yes' : 'no'}`];
    }),
  );
  assert.deepEqual(withBody.sort(), [
    'patch /v1/indexes/{index}/documents/{key}: yes',
    'post /v1/aliases/{alias}/rollover: no',
    'post /v1/aliases: yes',
    'post /v1/counters/{index}: yes',
    'post /v1/indexes/{index}/analyze: yes',
    'post /v1/indexes/{index}/documents: yes',
    'post /v1/indexes/{index}/search: yes',
    'post /v1/jobs/{id}/cancel: no',
    'post /v1/jobs/{id}/pause: no',
    'post /v1/jobs/{id}/resume: no',
    'post /v1/jobs: yes',
    'post /v1/restores: yes',
    'post /v1/snapshots: yes',
    'post /v1/sources/{source}/pause: no',
    'post /v1/sources/{source}/replay: no',
    'post /v1/sources/{source}/resume: no',
    'put /v1/indexes/{index}/documents/{key}: yes',
    'put /v1/indexes/{index}: yes',
    'put /v1/sources/{source}: yes',
    'put /v1/templates/{template}: yes',
  ]);
});

test('openapi: every example is sent as it stands, and succeeds', async () => {
  const sent = allExamples();
  assert(sent.length > 20, `only ${sent.length} examples`);
  for (const { name, method, url, type, body } of sent) {
    const what = `${name}: ${method} ${url} ${type ?? ''}`;
    assert.doesNotMatch(url, /[{}]|%7B/, what);
    const response = await fetch(`${cluster.url}${url}`, {
      method: method.toUpperCase(),
      ...(body === undefined ? {} : { body, headers: { 'content-type': type! } }),
    });
    const text = await response.text();
    assert(response.ok, `${what} answered ${response.status} ${text}`);
    assert.doesNotMatch(text, /"rejected":\{"count":[1-9]/, what);
  }
});
