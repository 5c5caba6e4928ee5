/** A folder of files from one leaf to another over real HTTP: held, sent, broken off, read on. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, beforeEach, suite, test } from 'node:test';
import Fastify, { type FastifyInstance } from 'fastify';
import { asSheafError } from '../../shared/errors.ts';
import { createRandom } from '../../shared/random/random.ts';
import type { ToIndexing } from '../indexing/messages.ts';
import { holdReplica } from '../indexing/replica-files.ts';
import { addFileRoutes } from '../http/file-routes.ts';
import { fetchReplica, type FetchOptions } from './fetch-replica.ts';
import { readFileList } from './file-list.ts';
import { Holds } from './holds.ts';

const folder = mkdtempSync(join(tmpdir(), 'sheaf-copying-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const seed = 41_077;
const large = Buffer.from(Array.from({ length: 3_000_000 }, bytes(createRandom(seed))));

function bytes(random: { integer(min: number, max: number): number }): () => number {
  return () => random.integer(0, 255);
}

suite('copying', () => {
  let run = 0;
  let source: string;
  let copies: string;
  let holds: Holds;
  let app: FastifyInstance;
  /** Called for each answer that carries a file. */
  let onFile: (count: number, destroy: () => void) => void;

  beforeEach(async () => {
    source = join(folder, `source-${++run}`);
    copies = join(folder, `copies-${run}`);
    mkdirSync(source);
    writeFileSync(join(source, '1.segment'), large);
    writeFileSync(join(source, '2.segment'), 'small');
    writeFileSync(join(source, 'empty.segment'), '');
    writeFileSync(join(source, 'manifest.json'), '{}');
    holds = new Holds({
      folder: copies,
      indexer: { send: answer },
      find: (_index, shard) => (shard === 3 ? 7 : undefined),
      idleMs: 60_000,
    });
    onFile = () => undefined;
    app = Fastify({ forceCloseConnections: true });
    let files = 0;
    app.addHook('onSend', async (_request, reply, payload: unknown) => {
      if (reply.statusCode === 206) onFile(++files, () => void setImmediate(() => reply.raw.destroy()));
      return payload;
    });
    app.setErrorHandler(async (error, _request, reply) => {
      const fault = asSheafError(error);
      return reply.code(fault.status).send({ error: fault.toBody() });
    });
    addFileRoutes(app, { holds, cluster: () => 'k' });
    await app.listen({ host: '127.0.0.1', port: 0 });
  });
  afterEach(async () => {
    await holds.close();
    await app.close();
  });

  /** What the indexing thread does. */
  function answer(message: ToIndexing): void {
    if (message.kind !== 'hold') return;
    setImmediate(() => {
      try {
        holdReplica({ folder: source }, message.folder);
        holds.receive({ kind: 'held', folder: message.folder, fault: null });
      } catch (error) {
        holds.receive({ kind: 'held', folder: message.folder, fault: String(error) });
      }
    });
  }

  function fetchTo(name: string, changes: Partial<FetchOptions> = {}): Promise<number> {
    const { port } = app.server.address() as AddressInfo;
    return fetchReplica({
      from: { host: '127.0.0.1', port },
      indexId: 'x0',
      shard: 3,
      folder: join(folder, name + String(run)),
      cluster: 'k',
      secret: undefined,
      signal: new AbortController().signal,
      ...changes,
    });
  }

  function check(name: string): void {
    const copied = join(folder, name + String(run));
    assert.deepEqual(readdirSync(copied).sort(), ['1.segment', '2.segment', 'empty.segment', 'manifest.json']);
    assert.ok(large.equals(readFileSync(join(copied, '1.segment'))));
    assert.equal(readFileSync(join(copied, '2.segment'), 'utf8'), 'small');
  }

  test('every byte of every file arrives, and nothing stays held', async () => {
    assert.equal(await fetchTo('a'), large.length + 'small'.length + '{}'.length);
    check('a');
    assert.deepEqual(readdirSync(copies), []);
  });

  test('files that a merge deletes meanwhile arrive all the same', async () => {
    onFile = (count) => {
      if (count === 1) for (const name of readdirSync(source)) rmSync(join(source, name));
    };
    await fetchTo('a');
    check('a');
  });

  test('a copy that is broken off is read on from where it was', async () => {
    let answers = 0;
    onFile = (count, destroy) => {
      answers = count;
      if (count <= 2) destroy();
    };
    await fetchTo('a');
    check('a');
    // Three files with bytes, and two that were broken off.
    assert.equal(answers, 5);
  });

  test('who never gets anything gives up, and leaves nothing behind', async () => {
    onFile = (_count, destroy) => destroy();
    await assert.rejects(fetchTo('a'), { code: 'LEAF_UNREACHABLE' });
    assert.ok(!readdirSync(folder).includes(`a${run}`));
  });

  test('a shard that is not here, and files that are not held, are refused by name', async () => {
    const { port } = app.server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/v1/replicas/x0`;
    const { hold } = readFileList(await (await fetch(`${url}/3/files`)).json())!;
    const rows: [path: string, init: RequestInit, status: number, code: string][] = [
      ['/4/files', {}, 503, 'SHARD_NOT_HERE'],
      ['/x/files', {}, 503, 'SHARD_NOT_HERE'],
      ['/3/files/1.segment', {}, 400, 'PARAMETER_INVALID'],
      ['/3/files/1.segment?hold=no', {}, 404, 'COPY_EXPIRED'],
      [`/3/files/9.segment?hold=${hold}`, {}, 404, 'COPY_EXPIRED'],
      [`/3/files/..%2Fleaf.json?hold=${hold}`, {}, 404, 'COPY_EXPIRED'],
      [`/3/files/2.segment?hold=${hold}`, { headers: { range: 'bytes=5-' } }, 400, 'PARAMETER_INVALID'],
      [`/3/files/2.segment?hold=${hold}`, { headers: { range: 'bytes=-2' } }, 400, 'PARAMETER_INVALID'],
    ];
    for (const [path, init, status, code] of rows) {
      const response = await fetch(url + path, init);
      const { error } = (await response.json()) as { error: { code: string } };
      assert.deepEqual([response.status, error.code], [status, code], path);
    }
    assert.equal((await fetch(`${url}/3/files?hold=${hold}`, { method: 'DELETE' })).status, 204);
    assert.equal((await fetch(`${url}/3/files/2.segment?hold=${hold}`)).status, 404);
  });

  test('nothing is taken from a leaf of another cluster', async () => {
    await assert.rejects(fetchTo('a', { cluster: 'other' }), { code: 'LEAF_FOREIGN' });
  });

  test('a replica that cannot be written to disk is not held', async () => {
    rmSync(join(source, 'manifest.json'));
    await assert.rejects(fetchTo('a'), { code: 'LEAF_UNREACHABLE', message: /./ });
    assert.deepEqual(readdirSync(copies), []);
  });

  test('who stops wanting it stops at once', async () => {
    const stop = new AbortController();
    onFile = () => stop.abort();
    await assert.rejects(fetchTo('a', { signal: stop.signal }));
    assert.ok(!readdirSync(folder).includes(`a${run}`));
  });

  test('what nobody reads on is let go', async () => {
    const short = new Holds({ folder: copies, indexer: { send: answerShort }, find: () => 7, idleMs: 20 });
    function answerShort(message: ToIndexing): void {
      if (message.kind !== 'hold') return;
      holdReplica({ folder: source }, message.folder);
      setImmediate(() => short.receive({ kind: 'held', folder: message.folder, fault: null }));
    }
    const { id } = await short.hold('x0', 3);
    await new Promise((resolve) => void setTimeout(resolve, 150));
    assert.throws(() => short.use(id, '1.segment'), { code: 'COPY_EXPIRED' });
    assert.deepEqual(readdirSync(copies), []);
  });
});

// Each row: what a leaf says, whether it is a list of files.
const lists: [name: string, value: unknown, isList: boolean][] = [
  ['a list', { hold: 'h', cluster: null, files: [{ name: '1.segment', sizeBytes: 0 }] }, true],
  ['nothing', null, false],
  ['no hold', { cluster: null, files: [] }, false],
  ['no files', { hold: 'h', cluster: null, files: {} }, false],
  ['a name that leads out', { hold: 'h', cluster: null, files: [{ name: '../x', sizeBytes: 0 }] }, false],
  ['a hidden name', { hold: 'h', cluster: null, files: [{ name: '.x', sizeBytes: 0 }] }, false],
  ['a size below nothing', { hold: 'h', cluster: null, files: [{ name: 'x', sizeBytes: -1 }] }, false],
];
for (const [name, value, isList] of lists) {
  test(`readFileList: ${name}`, () => assert.equal(readFileList(value) !== undefined, isList));
}
