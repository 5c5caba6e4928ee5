/**
 * Two leaves that both think they own a shard in object storage, with real processes: one is stopped in the middle of a file, another
 * takes over, and the first goes on where it was. The manifest is whole at every moment that it is looked at, and never goes back.
 */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { snapshot, snapshots } from '../../command/snapshots/snapshot.ts';
import { readKeptShard } from '../../shared/snapshots/kept-shard.ts';
import { readKeptSnapshot } from '../../shared/snapshots/kept-snapshot.ts';
import { readManifest } from '../../shared/snapshots/read-manifest.ts';
import { filesPrefix, type ManifestFile, type ShardManifest } from '../../shared/snapshots/shard-manifest.ts';
import { FolderStore } from '../../shared/storage/folder-store.ts';
import { startCluster, type Cluster } from '../cluster/start.ts';

const waitMsMax = 60_000;
/** What a leaf sends in a second: the least there is. */
const bytesPerSecond = 1_048_576;
/** So many seconds the first upload takes at least. */
const uploadSeconds = 4;
const documentBytes = 4000;

interface Body {
  readonly indexes: readonly { readonly id: string }[];
  readonly leases: readonly { readonly name: string; readonly holder: string }[];
  readonly accepted: number;
}

const folder = mkdtempSync(join(tmpdir(), 'sheaf-uploaders-'));
const storage = join(folder, 'storage');
const store = new FolderStore(storage);
let cluster: Cluster;
let place: { indexId: string; shard: number };

async function ask(method: string, path: string, body?: string, type = 'application/json'): Promise<Body> {
  const response = await fetch(cluster.url + path, {
    method,
    ...(body === undefined ? {} : { body, headers: { 'content-type': type } }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text) as Body;
}

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let waitedMs = 0; waitedMs < waitMsMax; waitedMs += 50) {
    if (await holds()) return;
    await sleep(50);
  }
  assert.fail(`waited in vain: ${what}`);
}

async function write(documents: number): Promise<void> {
  const lines = Array.from({ length: documents }, () =>
    JSON.stringify({ title: randomBytes(documentBytes / 2).toString('hex') }),
  );
  const { accepted } = await ask('POST', '/v1/indexes/books/documents', lines.join('\n'), 'application/x-ndjson');
  assert.equal(accepted, documents);
}

/** Hashes of files that were read, each once: what is put never changes. */
const hashes = new Map<string, string>();

/** Null where it is there as it is named. */
async function faultOf({ key, sizeBytes, sha256 }: ManifestFile): Promise<string | null> {
  const path = join(storage, filesPrefix(place), key);
  try {
    const { size, ino, mtimeMs } = await stat(path);
    if (size !== sizeBytes) return `${key} has ${size} bytes in place of ${sizeBytes}`;
    const identity = `${key} ${ino} ${mtimeMs}`;
    const hash =
      hashes.get(identity) ??
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex');
    hashes.set(identity, hash);
    return hash === sha256 ? null : `${key} has another SHA-256`;
  } catch (error) {
    return `${key}: ${String(error)}`;
  }
}

/** Looks at the manifest again and again. */
class Watcher {
  looks = 0;
  /** Those that were seen, each once. */
  readonly seen: ShardManifest[] = [];
  readonly faults: string[] = [];
  private isEnded = false;
  private readonly done = this.watch();

  async end(): Promise<void> {
    this.isEnded = true;
    await this.done;
  }

  private async watch(): Promise<void> {
    while (!this.isEnded) {
      await this.look();
      await sleep(10);
    }
  }

  private async look(): Promise<void> {
    const found = await readManifest(store, place);
    if (found === null) {
      if (this.seen.length > 0) this.faults.push('the manifest is gone');
      return;
    }
    this.looks++;
    const { manifest, version } = found;
    const last = this.seen.at(-1);
    if (last?.number !== manifest.number) {
      if (last !== undefined) this.compare(last, manifest);
      this.seen.push(manifest);
    }
    for (const file of manifest.files) {
      const fault = await faultOf(file);
      // What it names may go once it is replaced.
      if (fault !== null && (await readManifest(store, place))?.version === version) this.faults.push(fault);
    }
  }

  private compare(last: ShardManifest, next: ShardManifest): void {
    const rises = next.number > last.number && next.offset >= last.offset && next.token.offset >= last.token.offset;
    if (!rises) this.faults.push(`${JSON.stringify(next)} came after ${JSON.stringify(last)}`);
  }
}

before(async () => {
  const rate = String(bytesPerSecond);
  const args = ['--snapshots', `file:${storage}`, '--snapshot-ms', '200', '--snapshot-bytes-per-second', rate];
  cluster = await startCluster({ leaves: 2, replicas: 2, args: [...args, '--commit-ms', '100'] });
  await ask('PUT', '/v1/indexes/books', '{"shards":1,"replicas":2,"schema":{"fields":{"title":{"kind":"keyword"}}}}');
  place = { indexId: (await ask('GET', '/v1/cluster')).indexes[0]!.id, shard: 0 };
});
after(async () => {
  await cluster?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('one of two uploaders is stopped in the middle of a file past its lease: what is named is there, nothing goes back', async (t) => {
  const watcher = new Watcher();
  t.after(() => watcher.end());
  await write(Math.ceil((uploadSeconds * bytesPerSecond) / documentBytes));
  let first: string | undefined;
  await until('a leaf is in the middle of a file', async () => {
    const { leases } = await ask('GET', '/v1/cluster');
    first = leases.find(({ name }) => name === `snapshot/${place.indexId}/0`)?.holder.split(' ')[1];
    return first !== undefined && (await store.unfinished()).some(({ sizeBytes }) => sizeBytes > 0);
  });
  cluster.signal(first!, 'SIGSTOP');
  const [half] = await store.unfinished();
  assert.ok(half !== undefined && half.sizeBytes > 0, 'it was stopped in the middle');
  const earlier = watcher.seen.length;
  await write(10);
  await until('the other has stored the shard', () => watcher.seen.length > earlier);
  assert.ok(watcher.seen.at(-1)!.token.holder.split(' ')[1] !== first, 'by the other one');
  const stillThere = (await store.unfinished()).some(({ name }) => name === half.name);
  assert.ok(stillThere, 'and the first is where it was');
  cluster.signal(first!, 'SIGCONT');
  await until('the first has gone on with its file', async () => {
    return !(await store.unfinished()).some(({ name }) => name === half.name);
  });
  const name = await makeSnapshot();
  for (let round = 0; round < 3; round++) {
    const stored = watcher.seen.length;
    await write(10);
    await until('what was written is stored', () => watcher.seen.length > stored);
  }
  await watcher.end();
  assert.deepEqual(watcher.faults, []);
  assert.ok(watcher.looks > 20, `${watcher.looks} looks`);
  t.diagnostic(`${watcher.looks} looks at ${watcher.seen.length} manifests of ${holders(watcher.seen)}`);
  // Nothing is left of what was begun, but what the snapshot names.
  const { id } = await readKeptSnapshot(store, name);
  const kept = (await readKeptShard(store, place, id))!;
  for (const file of kept.files) assert.equal(await faultOf(file), null);
  await until('what nothing names is gone', () => {
    const named = new Set([...watcher.seen.at(-1)!.files, ...kept.files].map(({ key }) => key));
    return readdirSync(join(storage, filesPrefix(place))).every((key) => named.has(key));
  });
});

async function makeSnapshot(): Promise<string> {
  const lines: string[] = [];
  const config = { url: cluster.url, delete: false, timeout: '60s', json: false };
  assert.equal(await snapshot(config, 'midway', 0, (line) => void lines.push(line)), 0);
  assert.match(
    lines.join('\n'),
    /^midway is kept: [\d,]+ documents in 1 shards, [\d,]+ bytes\n {2}books: \d+ documents, up to \d+$/m,
  );
  const listed: string[] = [];
  assert.equal(await snapshots(config, '', (line) => void listed.push(line)), 0);
  assert.match(listed.join('\n'), /^snapshot .*\nmidway +whole .* 1 of 1 /);
  return 'midway';
}

function holders(manifests: readonly ShardManifest[]): string {
  return [...new Set(manifests.map(({ token }) => token.holder))].join(', ');
}
