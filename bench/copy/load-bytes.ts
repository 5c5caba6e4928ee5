/** An index of which the segments are what was sent: stored, not indexed. */
import { createRandom, type Random } from '../../shared/random/random.ts';
import type { BenchContext } from '../context.ts';
import type { BenchClient } from '../service/bench-client.ts';

/** Of characters that hardly pack: what is copied is bytes, and loading them should not take long. */
export const documentChars = 64 * 1024;
const documentsPerBody = 16;

/** Resolves when all documents can be searched. */
export async function loadBytes(
  client: BenchClient,
  { documents, seed, progress }: BenchContext,
  shards: number,
): Promise<void> {
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
