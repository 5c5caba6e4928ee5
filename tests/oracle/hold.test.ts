/** Holds a service made of the oracle itself to the oracle: right answers must pass, and wrong ones must be found. */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { text } from 'node:stream/consumers';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { holdToOracle } from './hold.ts';
import { asObject, type Json, type JsonObject } from './json.ts';
import { Oracle, type OracleAnswer } from './oracle.ts';
import { respond } from './respond.ts';

interface Faults {
  /** Spoils an answer. */
  answer?(answer: OracleAnswer): OracleAnswer;
  /** Whether a line is passed over, though it is counted as accepted. */
  skips?(line: JsonObject): boolean;
}

/** Answers the three requests that holdToOracle sends. */
function double(faults: Faults): (request: IncomingMessage) => Promise<Json> {
  let oracle: Oracle | undefined;
  return async (request) => {
    const [, , , index, route] = new URL(request.url!, 'http://localhost').pathname.split('/');
    const body = await text(request);
    if (route === undefined) {
      const definition = JSON.parse(body) as { shards: number; schema: IndexSchema };
      oracle = new Oracle({ index: index!, schema: definition.schema, shards: definition.shards });
      return {};
    }
    assert.ok(oracle);
    if (route === 'documents') return { accepted: write(oracle, body, faults) };
    const answer = oracle.search(JSON.parse(body) as Json);
    return respond(faults.answer?.(answer) ?? answer);
  };
}

/** The number of lines. */
function write(oracle: Oracle, body: string, faults: Faults): number {
  const lines = body.trimEnd().split('\n');
  for (const line of lines.map((one) => asObject(JSON.parse(one) as Json))) {
    if (faults.skips?.(line) === true) continue;
    if (typeof line['_delete'] === 'string') oracle.delete(line['_delete']);
    else if (typeof line['id'] === 'string') oracle.put(line['id'], line);
  }
  return lines.length;
}

async function holdDouble(faults: Faults) {
  const answer = double(faults);
  const server = createServer((request, response) => {
    answer(request).then(
      (body) => response.end(JSON.stringify(body)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await holdToOracle({
      baseUrl: `http://127.0.0.1:${port}`,
      seed: 1,
      shards: 3,
      documents: 60,
      rounds: 2,
      queriesPerRound: 30,
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('holdToOracle: right answers pass, and most queries match something', async () => {
  const result = await holdDouble({});
  assert.equal(result.queries, 60);
  assert.ok(result.matched > 30, JSON.stringify(result));
});

test('holdToOracle: faults are found, and the error says how to see them again', async () => {
  const rows: [name: string, faults: Faults][] = [
    ['deletes forgotten', { skips: (line) => line['_delete'] !== undefined }],
    ['some documents lost', { skips: (line) => JSON.stringify(line['id'] ?? null).endsWith('3"') }],
    ['the best hit left out', { answer: (answer) => ({ ...answer, ranking: answer.ranking.slice(1) }) }],
    ['every hit reversed', { answer: (answer) => ({ ...answer, ranking: answer.ranking.toReversed() }) }],
    ['no aggregations', { answer: (answer) => ({ ...answer, aggregations: undefined }) }],
  ];
  for (const [name, faults] of rows) {
    await assert.rejects(holdDouble(faults), /seed 1, 3 shards, round \d+, query \d+: POST .*\n\{.*\}\n {2}/, name);
  }
});

test('holdToOracle: a line not accepted is an error', async () => {
  await assert.rejects(
    holdDouble({
      skips: () => {
        throw new Error('refused');
      },
    }),
    /answered 500: Error: refused/,
  );
});
