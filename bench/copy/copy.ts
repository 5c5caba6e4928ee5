/** How fast a leaf gets the segments of its replicas: from another leaf, and from object storage. */
import { motoMissing, startMoto } from '../../tests/storage/moto.ts';
import type { BenchContext } from '../context.ts';
import type { Findings } from '../report/report.ts';
import { measureFromPeer } from './from-peer.ts';
import { measureFromStorage, type StoragePlace } from './from-storage.ts';
import { documentChars } from './load-bytes.ts';

export interface CopyOptions {
  readonly shards: number;
  readonly rounds: number;
}

const bucket = 'bench';

export async function benchCopy(context: BenchContext, { shards, rounds }: CopyOptions): Promise<Findings> {
  const peers: (number | string)[][] = [];
  const stores: (number | string)[][] = [];
  const moto = motoMissing === false ? await startMoto(bucket) : null;
  try {
    const places: [name: string, place: StoragePlace][] = [['folder', { place: 'file:FOLDER', environment: {} }]];
    if (moto !== null) places.push(['S3', { place: `s3://${bucket}/copy`, environment: moto.environment }]);
    for (let round = 1; round <= rounds; round++) {
      const { bytes, copyMs, scaleMs } = await measureFromPeer(context, shards);
      peers.push([round, bytes / 1e6, copyMs / 1000, bytes / 1e3 / copyMs, scaleMs / 1000]);
      for (const [name, place] of places) {
        // A place is of one cluster.
        const own = { ...place, place: place.place.replace('copy', `copy-${round}`) };
        const fetched = await measureFromStorage(context, shards, own);
        const rate = fetched.bytes / 1e3 / fetched.copyMs;
        stores.push([round, name, fetched.bytes / 1e6, fetched.copyMs / 1000, rate, fetched.storeMs / 1000]);
      }
    }
  } finally {
    await moto?.stop();
  }
  return {
    parameters: { documents: context.documents, 'KB each': documentChars / 1000, shards },
    tables: [
      {
        title: 'A second leaf takes a replica of every shard',
        columns: ['round', 'MB copied', 'seconds', 'MB/s', 'from the command to ready, s'],
        rows: peers,
      },
      {
        title: 'The only leaf has lost its disk and takes every shard from object storage',
        columns: ['round', 'store', 'MB fetched', 'seconds', 'MB/s', 'brought there before, s'],
        rows: stores,
      },
    ],
    notes: [
      'Both leaves, and the store, are processes on this machine and share its cores and its disk: each byte is read, sent, received, written and synced here.',
      'The copy runs from when the leaf hears who is there until the last replica is on its disk, two replicas at a time; the last column of the first table begins with `sheaf scale` and holds the start of the process, opening and proving what was copied, and catching up with the log.',
      moto === null
        ? 'No service that speaks S3 was there: pip install "moto[server,s3]".'
        : 'S3 is moto, a stand-in in Python that keeps objects in memory: what a real service does is not told by it.',
    ],
  };
}
