/** What every ObjectStore promises, held by each: a folder, and a bucket behind a real service. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import type { SheafError } from '../errors.ts';
import { createRandom } from '../random/random.ts';
import { FolderStore, versionsKept } from './folder-store.ts';
import { motoMissing, startMoto, type Moto } from '../../tests/storage/moto.ts';
import type { FileContent, ObjectStore } from './object-store.ts';
import { openStore } from './open-store.ts';
import { probe } from './probe.ts';
import { S3Store } from './s3-store.ts';

const world = { sleep, random: createRandom(1) };
const { signal } = new AbortController();
const partBytes = 5 * 1024 * 1024;

function contentOf(bytes: Uint8Array): FileContent {
  return { sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function bytesOf(length: number): Buffer {
  const random = createRandom(length);
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i += 1021) bytes[i] = random.integer(0, 255);
  return bytes;
}

async function keysOf(store: ObjectStore, prefix: string): Promise<string[]> {
  return (await Array.fromAsync(store.list(prefix))).sort();
}

let folder: string;
let moto: Moto;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sheaf-storage-'));
  if (motoMissing === false) moto = await startMoto('tests');
});
after(async () => {
  await rm(folder, { recursive: true });
  if (motoMissing === false) await moto.stop();
});

const stores: [name: string, skip: string | false, open: (name: string) => ObjectStore][] = [
  ['folder', false, (name) => new FolderStore(join(folder, name))],
  [
    's3',
    motoMissing,
    (name) =>
      new S3Store({
        bucket: 'tests',
        prefix: `a/${name}`,
        endpoint: moto.endpoint,
        region: 'us-east-1',
        accessKeyId: 'test',
        secretAccessKey: 'secret',
        world,
        partBytes,
      }),
  ],
];

for (const [name, skip, open] of stores) {
  suite(`an object store: ${name}`, { skip }, () => {
    test('read: what is not there is null', async () => assert.equal(await open('read').read('x0/manifest'), null));

    test('swap: of one version one follower, of none one first', async () => {
      const store = open('swap');
      const first = await store.swap('x0/manifest', Buffer.from('a'), null);
      await assert.rejects(store.swap('x0/manifest', Buffer.from('b'), null), { code: 'STORAGE_CONFLICT' });
      const second = await store.swap('x0/manifest', Buffer.from('c'), first);
      await assert.rejects(store.swap('x0/manifest', Buffer.from('d'), first), { code: 'STORAGE_CONFLICT' });
      const { bytes, version } = (await store.read('x0/manifest'))!;
      assert.deepEqual([Buffer.from(bytes).toString(), version], ['c', second]);
      assert.equal(Buffer.from((await open('swap').read('x0/manifest'))!.bytes).toString(), 'c');
    });

    test('swap: what is expected of an object that is not there is a conflict', async () => {
      await assert.rejects(open('none').swap('x0/manifest', Buffer.from('a'), '7'), { code: 'STORAGE_CONFLICT' });
    });

    test('swap: 4 writers that count together lose no count, over more versions than are kept', async () => {
      const each = 12;
      const count = async (writer: number): Promise<number> => {
        const store = open('count');
        let conflicts = 0;
        for (let done = 0; done < each;) {
          const now = await store.read('sum');
          const sum = now === null ? 0 : Number(Buffer.from(now.bytes).toString().split(' ')[0]);
          const next = Buffer.from(`${sum + 1} ${writer} ${done} ${conflicts}`);
          try {
            await store.swap('sum', next, now?.version ?? null);
            done++;
          } catch (error) {
            assert.equal((error as { code?: string }).code, 'STORAGE_CONFLICT');
            conflicts++;
          }
        }
        return conflicts;
      };
      const conflicts = await Promise.all([0, 1, 2, 3].map(count));
      const { bytes } = (await open('count').read('sum'))!;
      assert.equal(Number(Buffer.from(bytes).toString().split(' ')[0]), 4 * each);
      assert.ok(
        conflicts.some((number) => number > 0),
        'two wrote at once',
      );
    });

    // Each row: bytes of a file; parts have 5 MiB.
    for (const length of [0, 1, 70_000, partBytes, partBytes + 1, 2 * partBytes + 333]) {
      test(`putFile, getFile: ${length} bytes`, async () => {
        const store = open('files');
        const [from, to] = [join(folder, `from-${name}-${length}`), join(folder, `to-${name}-${length}`)];
        const bytes = bytesOf(length);
        await writeFile(from, bytes);
        const admitted: number[] = [];
        const options = { signal, admit: async (piece: number) => void admitted.push(piece) };
        for (const _ of ['once', 'again']) await store.putFile(`x0/${length}`, from, contentOf(bytes), options);
        await store.getFile(`x0/${length}`, to, contentOf(bytes), options);
        assert.ok((await readFile(to)).equals(bytes));
        assert.equal(
          admitted.reduce((sum, piece) => sum + piece, 0),
          3 * length,
        );
      });
    }

    test('putFile: a file that is not what is said puts nothing', async () => {
      const store = open('wrong');
      for (const length of [1000, partBytes + 1]) {
        const path = join(folder, `wrong-${name}-${length}`);
        await writeFile(path, bytesOf(length));
        const other = { ...contentOf(bytesOf(length)), sha256: contentOf(Buffer.from('other')).sha256 };
        await assert.rejects(store.putFile('x0/wrong', path, other, { signal }), { code: 'STORAGE_CORRUPT' });
        const short = { ...contentOf(bytesOf(length)), sizeBytes: length - 1 };
        await assert.rejects(store.putFile('x0/wrong', path, short, { signal }), { code: 'STORAGE_CORRUPT' });
      }
      assert.deepEqual(await keysOf(store, ''), []);
    });

    test('getFile: what is missing, shorter or another is refused, and no file stays', async () => {
      const store = open('proof');
      const [path, to] = [join(folder, `proof-${name}`), join(folder, `proof-to-${name}`)];
      await writeFile(path, bytesOf(1000));
      await store.putFile('x0/a', path, contentOf(bytesOf(1000)), { signal });
      const rows: [code: string, key: string, content: FileContent][] = [
        ['STORAGE_MISSING', 'x0/b', contentOf(bytesOf(1000))],
        ['STORAGE_CORRUPT', 'x0/a', contentOf(bytesOf(1001))],
        ['STORAGE_CORRUPT', 'x0/a', { ...contentOf(bytesOf(1000)), sha256: 'ab' }],
      ];
      for (const [code, key, content] of rows) {
        await assert.rejects(store.getFile(key, to, content, { signal }), { code });
        await assert.rejects(readFile(to), { code: 'ENOENT' });
      }
    });

    test('putFile, getFile: end at the signal, and leave nothing', async () => {
      const store = open('ended');
      const [path, to] = [join(folder, `ended-${name}`), join(folder, `ended-to-${name}`)];
      const bytes = bytesOf(2 * partBytes + 1);
      await writeFile(path, bytes);
      const ended = (): { signal: AbortSignal; admit: () => Promise<void> } => {
        const controller = new AbortController();
        return { signal: controller.signal, admit: async () => controller.abort() };
      };
      await assert.rejects(store.putFile('x0/a', path, contentOf(bytes), ended()), { name: 'AbortError' });
      assert.deepEqual(await keysOf(store, ''), []);
      await store.putFile('x0/a', path, contentOf(bytes), { signal });
      await assert.rejects(store.getFile('x0/a', to, contentOf(bytes), ended()), { name: 'AbortError' });
      await assert.rejects(readFile(to), { code: 'ENOENT' });
    });

    test('list, remove: by prefix, over more than a page; what is not there is no fault', async () => {
      const store = open('list');
      const path = join(folder, `list-${name}`);
      await writeFile(path, 'a');
      const content = contentOf(Buffer.from('a'));
      const keys = Array.from({ length: 1001 }, (_, number) => `x0/3/files/${String(number).padStart(4, '0')}`);
      await Promise.all(keys.map((key) => store.putFile(key, path, content, { signal })));
      await store.putFile('x0/30/files/0', path, content, { signal });
      await store.swap('x0/3/manifest', Buffer.from('m'), null);
      assert.deepEqual(await keysOf(store, 'x0/3/'), [...keys, 'x0/3/manifest']);
      assert.deepEqual(await keysOf(store, 'x0/30/'), ['x0/30/files/0']);
      assert.deepEqual(await keysOf(store, 'x1/'), []);
      await store.remove([...keys.slice(1), 'x0/3/files/none']);
      assert.deepEqual(await keysOf(store, 'x0/3/'), [keys[0]!, 'x0/3/manifest']);
    });

    test('remove: what was swapped is gone with all its versions, and nothing comes of a version that was', async () => {
      const store = open('gone');
      const first = await store.swap('x0/3/manifest', Buffer.from('a'), null);
      const second = await store.swap('x0/3/manifest', Buffer.from('b'), first);
      await store.swap('x0/30/manifest', Buffer.from('c'), null);
      await store.remove(['x0/3/manifest']);
      assert.equal(await store.read('x0/3/manifest'), null);
      assert.deepEqual(await keysOf(store, 'x0/'), ['x0/30/manifest']);
      for (const version of [first, second]) {
        await assert.rejects(store.swap('x0/3/manifest', Buffer.from('d'), version), { code: 'STORAGE_CONFLICT' });
      }
    });

    test('probe: passes, at once from several, and again', async () => {
      await Promise.all([1, 2, 3].map(() => probe(open('probe'))));
      await probe(open('probe'));
    });

    test('a key that could lead elsewhere is none', async () => {
      for (const key of ['', '/a', 'a/', 'a//b', '../a', 'a/../b', '.a', 'a b', 'a?b', 'x'.repeat(601)]) {
        await assert.rejects(open('keys').read(key), TypeError, key);
      }
    });
  });
}

test('folder: the versions of an object that are kept are bounded', async () => {
  const store = new FolderStore(join(folder, 'bounded'));
  let version: string | null = null;
  for (let i = 0; i < 3 * versionsKept; i++) version = await store.swap('m', Buffer.from(String(i)), version);
  assert.equal((await readdir(join(folder, 'bounded', 'm.versions'))).length, versionsKept);
  assert.deepEqual(await readdir(join(folder, 'bounded', '.unfinished')), []);
});

// Each row: how the folder is written, after its name.
for (const written of ['/', '//', '/./', '/sub/..', '/../written']) {
  test(`folder: written as written${written}, what was put is listed and removed`, async () => {
    const store = new FolderStore(join(folder, 'written') + written);
    const path = join(folder, 'written-from');
    await writeFile(path, 'a');
    await store.putFile('x0/3/files/0', path, contentOf(Buffer.from('a')), { signal });
    await store.swap('x0/3/manifest', Buffer.from(written), (await store.read('x0/3/manifest'))?.version ?? null);
    assert.deepEqual(await keysOf(store, 'x0/3/'), ['x0/3/files/0', 'x0/3/manifest']);
    await store.remove(['x0/3/files/0']);
    assert.deepEqual(await keysOf(new FolderStore(join(folder, 'written')), ''), ['x0/3/manifest']);
  });
}

test('folder: a place that cannot be written is refused by name', async () => {
  const path = join(folder, 'no-folder');
  await writeFile(path, '');
  await assert.rejects(new FolderStore(path).swap('m', Buffer.from('a'), null), { code: 'STORAGE_REFUSED' });
});

test('folder: a writer that was paused until its version was deleted has replaced nothing', async () => {
  const store = new FolderStore(join(folder, 'paused'));
  const first = await store.swap('m', Buffer.from('first'), null);
  const { promise: awake, resolve: wake } = Promise.withResolvers<void>();
  async function* late(): AsyncIterable<Buffer> {
    await awake;
    yield Buffer.from('late');
  }
  // It has seen that it may, and has not linked its version.
  const paused = store.swap('m', late() as unknown as Uint8Array, first);
  while ((await store.unfinished()).length === 0) await sleep(1);
  let version = first;
  for (let i = 0; i <= versionsKept; i++) version = await store.swap('m', Buffer.from(String(i)), version);
  wake();
  await assert.rejects(paused, { code: 'STORAGE_CONFLICT' });
  const now = (await store.read('m'))!;
  assert.deepEqual([Buffer.from(now.bytes).toString(), now.version], [String(versionsKept), version]);
  assert.equal((await readdir(join(folder, 'paused', 'm.versions'))).length, versionsKept);
});

// There nothing can be made, and what cannot be made is said not to be there.
const noProc = process.platform === 'linux' ? false : 'only Linux has /proc';
test('folder: a file system on which nothing can be made is refused by name, at once', { skip: noProc }, async () => {
  for (const path of ['/proc/sheaf', '/proc/sheaf/snapshots']) {
    const store = new FolderStore(path);
    assert.equal(await store.read('cluster'), null);
    const detail = { place: `file:${path}`, reason: '/proc/sheaf cannot be made' };
    await assert.rejects(probe(store), (error: SheafError) => {
      assert.deepEqual([error.code, error.detail], ['STORAGE_REFUSED', detail]);
      return true;
    });
  }
});

test(
  's3: a bucket that is not there, credentials and services that do not answer are told apart',
  { skip: motoMissing },
  async () => {
    const options = { prefix: '', region: 'us-east-1', accessKeyId: 'k', secretAccessKey: 's3cr3t', world: quick };
    const none = new S3Store({ ...options, bucket: 'none', endpoint: moto.endpoint });
    const dead = new S3Store({ ...options, bucket: 'tests', endpoint: new URL('http://127.0.0.1:9') });
    await assert.rejects(
      none.swap('m', Buffer.from('a'), null),
      (error: Error & { code?: string; detail?: unknown }) => {
        assert.equal(error.code, 'STORAGE_REFUSED');
        assert.match(JSON.stringify(error.detail), /NoSuchBucket/);
        assert.doesNotMatch(JSON.stringify(error.detail), /s3cr3t/);
        return true;
      },
    );
    await assert.rejects(dead.read('m'), { code: 'STORAGE_UNAVAILABLE' });
  },
);

// Each row: what the service answers, as Amazon's does, to what, and how it is told.
const refusals: [name: string, code: string, methods: string, more: string][] = [
  ['a bucket that may only be read', 'AccessDenied', 'PUT DELETE', ''],
  ['a key that nobody has', 'InvalidAccessKeyId', 'GET PUT', '<AWSAccessKeyId>k3y1d</AWSAccessKeyId>'],
  [
    'a secret that is another',
    'SignatureDoesNotMatch',
    'GET PUT',
    '<AWSAccessKeyId>k3y1d</AWSAccessKeyId><StringToSign>s1gn</StringToSign>',
  ],
];
for (const [name, code, methods, more] of refusals) {
  test(`s3: ${name} is refused by name, at once, and no credentials are told`, async (t) => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.method!);
      request.resume();
      const [status, refusal] = methods.includes(request.method!) ? [403, code] : [404, 'NoSuchKey'];
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end(`<Error><Code>${refusal}</Code><Message>no</Message>${more}</Error>`);
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    const endpoint = new URL(`http://127.0.0.1:${port}`);
    const keys = { accessKeyId: 'k3y1d', secretAccessKey: 's3cr3t' };
    const store = new S3Store({ bucket: 'tests', prefix: '', endpoint, region: 'us-east-1', ...keys, world: quick });
    const lines: string[] = [];
    const telemetry = pino({}, { write: (line: string) => void lines.push(line) });
    await assert.rejects(probe(store), (error: SheafError) => {
      assert.deepEqual([error.code, error.detail['reason']], ['STORAGE_REFUSED', `403 ${code}`]);
      telemetry.error({ err: error, error: error.toBody() }, 'told');
      return true;
    });
    assert.equal(asked.filter((method) => methods.includes(method)).length, 1);
    assert.equal(lines.length, 1);
    assert.doesNotMatch(lines[0]!, /k3y1d|s3cr3t|s1gn/);
  });
}

const quick = { sleep: async (): Promise<void> => undefined, random: createRandom(1) };

// Another process probes just before each of the swaps of this one, in a place where nobody has before and where somebody has.
for (const earlier of ['nobody', 'somebody']) {
  for (const swaps of [1, 2, 3, 4]) {
    test(`probe: ${earlier} has probed before, and another does before swap ${swaps}`, async () => {
      const store = new FolderStore(join(folder, `meets-${earlier}-${swaps}`));
      if (earlier === 'somebody') await probe(store);
      const swap = store.swap.bind(store);
      let count = 0;
      store.swap = async (key, bytes, expected) => {
        if (++count === swaps) await swap(key, Buffer.from('another'), (await store.read(key))?.version ?? null);
        return await swap(key, bytes, expected);
      };
      await probe(store);
    });
  }
}

test('probe: a store that overwrites what it should refuse is told', async () => {
  for (const blind of ['first', 'later'] as const) {
    const store = new FolderStore(join(folder, `blind-${blind}`));
    const swap = store.swap.bind(store);
    store.swap = async (key, bytes, expected) => {
      const now = (await store.read(key))?.version ?? null;
      return await swap(key, bytes, (expected === null) === (blind === 'first') ? now : expected);
    };
    await assert.rejects(probe(store), { code: 'STORAGE_UNSAFE' });
  }
});

test('openStore: what is not set is named, and no secret is told', () => {
  const place = { kind: 's3', bucket: 'b', prefix: 'p' } as const;
  const whole = { AWS_ACCESS_KEY_ID: 'k', AWS_SECRET_ACCESS_KEY: 's' };
  const rows: [environment: Record<string, string>, reason: RegExp][] = [
    [{}, /AWS_ACCESS_KEY_ID/],
    [{ AWS_ACCESS_KEY_ID: 'k' }, /AWS_SECRET_ACCESS_KEY/],
    [{ ...whole, AWS_ENDPOINT_URL_S3: 'nonsense' }, /AWS_ENDPOINT_URL_S3/],
    [{ ...whole, AWS_SESSION_TOKEN: 't' }, /AWS_SESSION_TOKEN/],
    [{ ...whole, AWS_ENDPOINT_URL_S3: 'https://us3r:s3cr3t@host' }, /AWS_ENDPOINT_URL_S3 has credentials in it/],
  ];
  for (const [environment, reason] of rows) {
    assert.throws(
      () => openStore(place, environment, world),
      (error: Error & { code?: string; detail?: unknown }) => {
        assert.equal(error.code, 'STORAGE_NOT_CONFIGURED');
        assert.match(JSON.stringify(error.detail), reason);
        assert.doesNotMatch(JSON.stringify(error.detail), /us3r|s3cr3t/);
        return true;
      },
    );
  }
  assert.equal(openStore(place, whole, world).place, 's3://b/p');
});

test('FolderStore: what a file system or a tool leaves among versions is no version', async () => {
  const store = new FolderStore(join(folder, 'strays'));
  await store.swap('catalog', Buffer.from('one'), null);
  for (const name of ['.DS_Store', '.nfs000001', '1.tmp']) {
    await writeFile(join(folder, 'strays', 'catalog.versions', name), 'x');
  }
  const { bytes, version } = (await store.read('catalog'))!;
  assert.equal(Buffer.from(bytes).toString(), 'one');
  await store.swap('catalog', Buffer.from('two'), version);
  assert.equal(Buffer.from((await store.read('catalog'))!.bytes).toString(), 'two');
});
