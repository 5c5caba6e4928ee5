import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCluster } from '../cluster/start.ts';
import { must, send } from './client.ts';
import { keepsDeadline } from '../deadline/deadline.ts';

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly events?: readonly { readonly name: string }[];
  readonly status?: { readonly code?: number };
}

/** A span and the process it is from. */
type Seen = OtlpSpan & { readonly service: string };

interface OtlpBody {
  readonly resourceSpans: readonly {
    readonly resource: Pick<OtlpSpan, 'attributes'>;
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

function valueOf({ attributes }: Pick<OtlpSpan, 'attributes'>, key: string): unknown {
  return Object.values(attributes.find((each) => each.key === key)?.value ?? {})[0];
}

/** Takes OTLP as a collector does. */
async function startCollector() {
  const spans: Seen[] = [];
  const types = new Set<string | undefined>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      types.add(`${request.method} ${request.url} ${request.headers['content-type']}`);
      const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString()) as OtlpBody;
      for (const { resource, scopeSpans } of resourceSpans) {
        const service = String(valueOf(resource, 'service.name'));
        for (const each of scopeSpans) for (const span of each.spans) spans.push({ ...span, service });
      }
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}/v1/traces`, spans, types, close };
}

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const callerId = '00f067aa0ba902b7';

/** @param word that no search before has looked for: the root remembers how many documents hold what was asked */
async function search(url: string, flags: string, word: string): Promise<void> {
  const response = await fetch(`${url}/v1/indexes/traced/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-${callerId}-${flags}` },
    body: JSON.stringify({ query: { match: { title: word } } }),
  });
  assert.equal(response.status, 200, await response.text());
}

test('tracing: a collector gets the spans of a search, from the root and from every leaf, in one tree', async () => {
  const collector = await startCollector();
  const cluster = await startCluster({ leaves: 2, args: ['--trace-url', collector.url, '--trace-share', '0'] });
  try {
    const fields = { title: { kind: 'text' } };
    await must('PUT', `${cluster.url}/v1/indexes/traced`, { shards: 4, schema: { fields } });
    const lines = Array.from({ length: 40 }, (_, i) => JSON.stringify({ title: `wing ${i}` })).join('\n');
    const written = await send('POST', `${cluster.url}/v1/indexes/traced/documents?refresh=wait`, lines);
    assert.equal(written.status, 200);
    await search(cluster.url, '00', '7');
    await send('POST', `${cluster.url}/v1/indexes/traced/search`, {});
    await search(cluster.url, '01', 'wing');
    for (let waitedMs = 0; waitedMs < 10_000 && !isWhole(collector.spans); waitedMs += 50) await sleep(50);
    checkTree(collector.spans);
    assert.deepEqual([...collector.types], ['POST /v1/traces application/json']);
  } finally {
    await cluster.stop();
    collector.close();
  }
});

/** The search itself is sent with the last of the root's spans; each of four tasks makes three. */
function isWhole(spans: readonly Seen[]): boolean {
  return (
    spans.some(({ name }) => name === 'sheaf.search') &&
    spans.filter(({ service }) => service === 'sheaf-leaf').length >= 12
  );
}

function checkTree(spans: readonly Seen[]): void {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const parentOf = ({ parentSpanId = '' }: Seen): string => byId.get(parentSpanId)?.name ?? parentSpanId;
  const counted = new Map<string, number>();
  for (const span of spans) {
    // Neither the search whose caller said no, nor the one whose caller said nothing.
    assert.equal(span.traceId, traceId);
    const line = `${span.service} ${span.name} < ${parentOf(span)} kind ${span.kind}`;
    counted.set(line, (counted.get(line) ?? 0) + 1);
    const parent = byId.get(span.parentSpanId ?? '');
    // The clocks of two processes of one machine agree to some milliseconds.
    const toleranceNs = parent?.service === span.service ? 1000n : 20_000_000n;
    if (parent === undefined) continue;
    assert.ok(
      BigInt(span.startTimeUnixNano) >= BigInt(parent.startTimeUnixNano) - toleranceNs,
      `${line} began too early`,
    );
    assert.ok(BigInt(span.endTimeUnixNano) <= BigInt(parent.endTimeUnixNano) + toleranceNs, `${line} ended too late`);
  }
  // Every shard has one replica, and both leaves have some: a task for each, in both rounds.
  const [internal, server, client] = [1, 2, 3];
  assert.deepEqual(Object.fromEntries(counted), {
    [`sheaf-leaf sheaf.execute < sheaf.task kind ${internal}`]: 4,
    [`sheaf-leaf sheaf.queue < sheaf.task kind ${internal}`]: 4,
    [`sheaf-leaf sheaf.task < sheaf.attempt kind ${server}`]: 4,
    [`sheaf-root sheaf.attempt < sheaf.round search kind ${client}`]: 2,
    [`sheaf-root sheaf.attempt < sheaf.round statistics kind ${client}`]: 2,
    [`sheaf-root sheaf.merge < sheaf.search kind ${internal}`]: 1,
    [`sheaf-root sheaf.round search < sheaf.search kind ${internal}`]: 1,
    [`sheaf-root sheaf.round statistics < sheaf.search kind ${internal}`]: 1,
    [`sheaf-root sheaf.search < ${callerId} kind ${server}`]: 1,
  });
  const attempts = spans.filter(({ name }) => name === 'sheaf.attempt');
  const tasks = spans.filter(({ name }) => name === 'sheaf.task');
  for (const attempt of attempts) {
    assert.equal(valueOf(attempt, 'sheaf.outcome'), 'taken');
    assert.equal(valueOf(attempt, 'sheaf.reason'), 'first');
    assert.deepEqual(
      attempt.events?.map(({ name }) => name),
      ['received'],
    );
    const [task, ...more] = tasks.filter(({ parentSpanId }) => parentSpanId === attempt.spanId);
    assert.deepEqual(more, []);
    for (const key of ['sheaf.leaf', 'sheaf.shards']) assert.deepEqual(valueOf(task!, key), valueOf(attempt, key));
    assert.equal(valueOf(task!, 'sheaf.end'), 'answered');
  }
  const whole = spans.find(({ name }) => name === 'sheaf.search')!;
  assert.deepEqual(
    ['sheaf.index', 'sheaf.complete', 'sheaf.shards.answered'].map((key) => valueOf(whole, key)),
    ['traced', true, 4],
  );
}

test('tracing: a collector that is not there costs no search, and no process its end', async (t) => {
  const cluster = await startCluster({ leaves: 1, args: ['--trace-url', 'http://127.0.0.1:9/v1/traces'] });
  t.after(() => cluster.stop());
  await must('PUT', `${cluster.url}/v1/indexes/traced`, { schema: { fields: {} } });
  await must('POST', `${cluster.url}/v1/indexes/traced/search`, {});
  await keepsDeadline(t, 'stopping', 8000, () => cluster.stop());
});
