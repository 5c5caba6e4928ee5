/** What Sheaf and its peers are filled with alike. Touches the world: reads files. */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { demoSchema } from '../../command/demo/demo.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { readCorpus } from '../corpus/wordnet-corpus.ts';

export const corpusNames = ['wordnet', 'papers', 'flights'] as const;
export type CorpusName = (typeof corpusNames)[number];

export interface PeerDocument {
  readonly id: string | number;
  readonly [name: string]: unknown;
}

export interface PeerCorpus {
  readonly name: CorpusName;
  readonly schema: IndexSchema;
  readonly documents: readonly PeerDocument[];
}

/** What is not listed stays in the documents, unsearched. */
const papersSchema: IndexSchema = {
  dynamic: 'false',
  fields: {
    id: { kind: 'keyword' },
    title: { kind: 'text' },
    abstract: { kind: 'text' },
    categories: { kind: 'keyword' },
    num_authors: { kind: 'integer' },
    created: { kind: 'date' },
  },
};

const flightsSchema: IndexSchema = {
  dynamic: 'false',
  fields: {
    id: { kind: 'integer' },
    carrier: { kind: 'keyword' },
    tailnum: { kind: 'keyword' },
    origin: { kind: 'keyword' },
    dest: { kind: 'keyword' },
    departed_at: { kind: 'date' },
    flight: { kind: 'integer' },
    distance: { kind: 'integer' },
    air_time: { kind: 'integer' },
    dep_delay: { kind: 'integer' },
    arr_delay: { kind: 'integer' },
  },
};

export const schemas: Readonly<Record<CorpusName, IndexSchema>> = {
  wordnet: demoSchema,
  papers: papersSchema,
  flights: flightsSchema,
};

export interface CorpusFiles {
  /** Gzipped lines of JSON, as those of arxiv-sample. */
  readonly papers: string;
  /** The same, as those of nycflights13. */
  readonly flights: string;
}

/** @param documentsMax at equal distances @returns null where its file is missing */
export async function readPeerCorpus(
  name: CorpusName,
  files: CorpusFiles,
  documentsMax: number,
): Promise<PeerCorpus | null> {
  if (name === 'wordnet') {
    const documents = (await readCorpus(documentsMax)).map((synset) => ({ ...synset }));
    return { name, schema: schemas[name], documents };
  }
  const documents = readLines(files[name]);
  if (documents === null) return null;
  return { name, schema: schemas[name], documents: thin(documents, documentsMax) };
}

function readLines(path: string): PeerDocument[] | null {
  if (!existsSync(path)) return null;
  const lines = gunzipSync(readFileSync(path)).toString().split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as PeerDocument);
}

function thin(documents: PeerDocument[], documentsMax: number): PeerDocument[] {
  if (documentsMax >= documents.length) return documents;
  const stride = documents.length / documentsMax;
  return Array.from({ length: documentsMax }, (_, i) => documents[Math.floor(i * stride)]!);
}
