/** How fast a leaf that is added gets the segments of another, over the leaves' ordinary ports. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createRandom, type Random } from '../../shared/random/random.ts';
import type { BenchContext } from '../context.ts';
import type { Findings } from '../report/report.ts';
import { BenchClient } from '../service/bench-client.ts';
import { withCluster } from '../service/with-cluster.ts';

export interface CopyOptions {
  readonly shards: number;
  readonly rounds: number;
}

/** Stored, not indexed, of characters that hardly pack: what is copied is bytes, and loading them should not take long. */
const documentChars = 64 * 1024;
const documentsPerBody = 16;

interface Copied {
  readonly bytes: number;
  readonly copyMs: number;
  readonly scaleMs: number;
}

export async function benchCopy(context: BenchContext, options: CopyOptions): Promise<Findings> {
  const rows: (number | string)[][] = [];
  for (let round = 1; round <= options.rounds; round++) {
    const { bytes, copyMs, scaleMs } = await measureOnce(context, options.shards);
    rows.push([round, bytes / 1e6, copyMs / 1000, bytes / 1e3 / copyMs, scaleMs / 1000]);
  }
  return {
    parameters: { documents: context.documents, 'KB each': documentChars / 1000, shards: options.shards },
    tables: [
      {
        title: 'A second leaf takes a replica of every shard',
        columns: ['round', 'MB copied', 'seconds', 'MB/s', 'from the command to ready, s'],
        rows,
      },
    ],
    notes: [
      'Both leaves are processes on this machine and share its cores and its disk: each byte is read, sent, received, written and synced here.',
      'The copy runs from when the new leaf hears who is there until the last replica is on its disk, two replicas at a time; the last column begins with `sheaf scale` and holds the start of the process, opening and proving what was copied, and catching up with the log.',
    ],
  };
}

async function measureOnce(context: BenchContext, shards: number): Promise<Copied> {
  const { profile, progress, clock } = context;
  const measured = await withCluster({ leaves: 1, profile }, async (cluster, begin) => {
    const client = new BenchClient(cluster.url, 1);
    try {
      await load(client, context, shards);
      progress('copy: adding a leaf');
      begin();
      const startedAt = clock.now();
      await scale(cluster.data, 2);
      const scaleMs = clock.now() - startedAt;
      return { scaleMs, ...readTelemetry(join(cluster.data, 'telemetry', 'leaf-1.ndjson'), shards) };
    } finally {
      await client.close();
    }
  });
  return measured.result;
}

async function load(client: BenchClient, { documents, seed, progress }: BenchContext, shards: number): Promise<void> {
  const index = JSON.stringify({ schema: { fields: {}, dynamic: 'false' }, shards, replicas: 2 });
  // One leaf cannot hold two replicas of a shard, and holds one until another comes.
  await client.ask('PUT', '/v1/indexes/bytes', index);
  const random = createRandom(seed);
  for (let sent = 0; sent < documents;) {
    const count = Math.min(documentsPerBody, documents - sent);
    const lines = Array.from({ length: count }, () => `{"text":"${characters(random)}"}\n`);
    const isLast = sent + count === documents;
    const path = `/v1/indexes/bytes/documents${isLast ? '?refresh=wait' : ''}`;
    await client.ask('POST', path, Buffer.from(lines.join('')), 'application/x-ndjson');
    sent += count;
    progress(`copy: ${sent} of ${documents} documents loaded`);
  }
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Drawn from a pool at random places: as good as random to a packer that looks at one document at a time. */
function characters(random: Random): string {
  const pieces: string[] = [];
  for (let length = 0; length < documentChars; length += 5) {
    let bits = random.integer(0, 2 ** 30 - 1);
    let piece = '';
    for (let i = 0; i < 5; i++, bits >>= 6) piece += alphabet[bits & 63];
    pieces.push(piece);
  }
  return pieces.join('');
}

const script = fileURLToPath(new URL('../../sheaf.ts', import.meta.url));

async function scale(data: string, leaves: number): Promise<void> {
  await promisify(execFile)(process.execPath, [script, 'scale', '--data', data, '--leaves', String(leaves)]);
}

/** What the leaf itself said, and when. */
function readTelemetry(path: string, shards: number): Pick<Copied, 'bytes' | 'copyMs'> {
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  const said = lines.map((line) => JSON.parse(line) as { time: string; msg: string; bytes?: number });
  const copies = said.filter(({ msg }) => msg === 'a replica was copied');
  const begun = said.find(({ msg }) => msg === 'the members changed');
  if (copies.length !== shards || begun === undefined) {
    throw new Error(`of ${shards} replicas ${copies.length} were copied; see ${path}`);
  }
  const bytes = copies.reduce((sum, copy) => sum + (copy.bytes ?? 0), 0);
  return { bytes, copyMs: Date.parse(copies.at(-1)!.time) - Date.parse(begun.time) };
}
