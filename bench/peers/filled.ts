/** Fills Sheaf and OpenSearch with the same documents, and makes sure that they hold the same. Touches the world: sockets. */
import { isDeepStrictEqual } from 'node:util';
import type { BenchContext } from '../context.ts';
import { makeBodies } from '../corpus/bodies.ts';
import { BenchClient } from '../service/bench-client.ts';
import { loadIndex } from '../service/load-index.ts';
import type { PeerCorpus, PeerDocument } from './corpora.ts';
import type { OpenSearch } from './opensearch.ts';

const bodyBytes = 1_000_000;
const concurrency = 4;
const linesOfBody = 2000;
/** Documents that are compared as they were written. */
const compared = 100;

/** @param shards what the service takes where it is null */
export async function fillSheaf(
  { clock, progress }: BenchContext,
  url: string,
  { index, shards, corpus }: { index: string; shards: number | null; corpus: PeerCorpus },
): Promise<void> {
  const client = new BenchClient(url, concurrency);
  try {
    const asked = { schema: corpus.schema, ...(shards === null ? {} : { shards, replicas: 1 }) };
    await client.ask('PUT', `/v1/indexes/${index}`, JSON.stringify(asked));
    const bodies = makeBodies(corpus.documents, bodyBytes);
    const onProgress = (done: number): void => {
      progress(`filling Sheaf, ${index}: ${done.toLocaleString('en-US')} of ${corpus.documents.length} documents`);
    };
    await loadIndex({ client, index, bodies, concurrency, clock, onProgress });
  } finally {
    await client.close();
  }
}

export async function fillOpenSearch(
  { progress }: BenchContext,
  openSearch: OpenSearch,
  { index, shards, corpus: { schema, documents } }: { index: string; shards: number; corpus: PeerCorpus },
): Promise<void> {
  await openSearch.create(index, shards, schema);
  for (let start = 0; start < documents.length; start += linesOfBody) {
    progress(`filling OpenSearch, ${index}: ${start.toLocaleString('en-US')} of ${documents.length} documents`);
    const part = documents.slice(start, start + linesOfBody);
    const ids = part.map(({ id }) => String(id));
    await openSearch.write(
      index,
      part.map((document) => JSON.stringify(document)),
      ids,
    );
  }
  progress(`OpenSearch, ${index}: merging`);
  await openSearch.settle(index);
}

/** @throws Error when it holds another number of documents, or some of them are not as they were written */
export async function checkDocuments(
  name: string,
  ask: (body: object) => Promise<string>,
  { documents }: PeerCorpus,
): Promise<void> {
  const counted = JSON.parse(await ask({ size: 0, track_total_hits: true })) as Answer;
  const { value } = counted.hits.total;
  if (value !== documents.length) throw new Error(`${name} holds ${value} of ${documents.length} documents`);
  const stride = Math.max(1, Math.floor(documents.length / compared));
  const sample = documents.filter((_, at) => at % stride === 0).slice(0, compared);
  const query = { terms: { id: sample.map(({ id }) => id) } };
  const { hits } = JSON.parse(await ask({ query, size: sample.length })) as Answer;
  const found = new Map(hits.hits.map(({ _source: source }) => [source.id, source]));
  const changed = sample.find((document) => !isDeepStrictEqual(found.get(document.id), plain(document)));
  if (changed !== undefined) throw new Error(`${name} does not give the document ${changed.id} as it was written`);
}

/** As it is sent: without what JSON leaves out. */
function plain(document: PeerDocument): unknown {
  return JSON.parse(JSON.stringify(document));
}

interface Answer {
  readonly hits: {
    readonly total: { readonly value: number };
    readonly hits: readonly { readonly _source: PeerDocument }[];
  };
}
