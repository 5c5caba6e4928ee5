import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Registry } from '@prometheus-io/client';
import { SheafError, type ErrorCode } from '../../shared/errors.ts';
import type { Server } from '../../shared/http/server.ts';
import { packHits, type PartialHit } from '../../shared/protocol/hit-table.ts';
import type { SearchPartial } from '../../shared/protocol/tasks/search.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';
import type { Answer } from '../tasks/assemble.ts';
import { Cancelled } from '../schedule/run-job.ts';
import { leafHttp } from './server.ts';
import { startBareTimer } from '../../tests/deadline/deadline.ts';

/** What the desk does with the next task. */
let answer: (signal: AbortSignal) => Promise<Answer>;
let server: Server;
let url = '';

const noFiles = (): never => assert.fail('no files are asked for');

before(async () => {
  server = leafHttp({
    telemetry: silentTelemetry,
    door: { host: '127.0.0.1' },
    registry: new Registry(),
    desk: { answer: (_value, signal) => answer(signal) },
    health: () => ({ isReady: true, detail: {} }),
    files: { holds: { hold: noFiles, use: noFiles, release: noFiles }, cluster: () => null },
  });
  url = `http://127.0.0.1:${await server.listen({ port: 0, host: '127.0.0.1' })}/v1/tasks`;
});

after(() => server.close());

function post(signal?: AbortSignal): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(url, { method: 'POST', headers, body: '{}', ...(signal === undefined ? {} : { signal }) });
}

const base = { shards: [1], failures: [], documents: 2, offsets: { 1: 7 } };
const hits: PartialHit[] = [
  { key: 'a', shard: 1, offset: 5, score: 2, values: [2] },
  { key: 'bé', shard: 1, offset: 7, score: 1, values: [1] },
];

function searchAnswer(sources: string[], found: readonly PartialHit[] = hits): Answer {
  const { table, body } = packHits(
    [{ by: 'score', descending: true }],
    found,
    sources.map((source) => Buffer.from(source)),
  );
  const partial: SearchPartial = {
    ...base,
    kind: 'search',
    total: 2,
    totalRelation: 'eq',
    hits: table,
    aggregations: {},
  };
  return { partial, body, isCut: false };
}

// Each row: what the desk answers, what differs in the body from the header of the frame.
const rows: [name: string, answer: Answer, differs: object][] = [
  [
    'hits are objects with their sources',
    searchAnswer(['{"x":1}', '{}']),
    {
      hits: [
        { ...hits[0], source: { x: 1 } },
        { ...hits[1], source: {} },
      ],
    },
  ],
  ['hits without sources', searchAnswer([]), { hits }],
  [
    'a hit that was held back has neither key nor source',
    searchAnswer(['{"x":1}'], [hits[0]!, { ...hits[1]!, key: null }]),
    {
      hits: [
        { ...hits[0], source: { x: 1 } },
        { ...hits[1], key: null },
      ],
    },
  ],
  [
    'what was fetched has keys and sources',
    {
      partial: {
        ...base,
        kind: 'fetch',
        found: { shards: [1, 1], offsets: [5, 7], keyBytes: [1, 2], sourceBytes: [7, 0] },
      },
      body: [Buffer.from('a{"x":1}'), Buffer.from('ü')],
      isCut: false,
    },
    {
      found: [
        { shard: 1, offset: 5, key: 'a', source: { x: 1 } },
        { shard: 1, offset: 7, key: 'ü' },
      ],
    },
  ],
  [
    'a document has its source',
    {
      partial: { ...base, kind: 'document', found: { offset: 7, version: 2, sequence: 7 } },
      body: [Buffer.from('{"x":1}')],
      isCut: false,
    },
    { found: { offset: 7, version: 2, sequence: 7, source: { x: 1 } } },
  ],
  ['a document that is not there', { partial: { ...base, kind: 'document', found: null }, body: [], isCut: false }, {}],
  [
    'counts are as in a frame',
    { partial: { ...base, kind: 'statistics', statistics: { fields: {}, frequencies: {} } }, body: [], isCut: false },
    {},
  ],
];
for (const [name, given, differs] of rows) {
  test(`POST /v1/tasks: ${name}`, async () => {
    answer = async () => given;
    const response = await post();
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), { ...(JSON.parse(JSON.stringify(given.partial)) as object), ...differs });
  });
}

// Each row: what the desk fails with, the status.
const faults: [code: ErrorCode, status: number][] = [
  ['LEAF_TIMEOUT', 503],
  ['LEAF_BUSY', 503],
  ['NOT_READY', 503],
  ['REQUEST_FIELD_MISSING', 400],
  ['AGGREGATION_TOO_MANY_BUCKETS', 400],
];
for (const [code, status] of faults) {
  test(`POST /v1/tasks: ${code} is an ordinary error`, async () => {
    answer = async () => {
      throw new SheafError(code, { detail: { limit: 1 } });
    };
    const response = await post();
    const body = (await response.json()) as { error: { code: string; detail: unknown }; status: number };
    assert.deepEqual(
      [response.status, body.status, body.error.code, body.error.detail],
      [status, status, code, { limit: 1 }],
    );
  });
}

test('POST /v1/tasks: a client that leaves cancels its task within 10 ms, and nothing else ends it', async (t) => {
  const bare = await startBareTimer(t);
  const tookMs: number[] = [];
  for (let i = 0; i < 20; i++) {
    const asked = Promise.withResolvers<AbortSignal>();
    const cancelled = Promise.withResolvers<number>();
    answer = (signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          cancelled.resolve(performance.now());
          reject(new Cancelled());
        });
        asked.resolve(signal);
      });
    const controller = new AbortController();
    const gone = post(controller.signal).catch(() => undefined);
    const signal = await asked.promise;
    // A body that was read to its end is no client that has left.
    await new Promise((resolve) => void setTimeout(resolve, 5));
    assert.equal(signal.aborted, false);
    const leftAt = performance.now();
    controller.abort();
    tookMs.push((await cancelled.promise) - leftAt);
    await gone;
  }
  tookMs.sort((a, b) => a - b);
  t.diagnostic(`ms from the client's leaving to the cancel: median ${tookMs[10]!.toFixed(1)}`);
  bare.hold('the median cancel', tookMs[10]!, 10);
});
