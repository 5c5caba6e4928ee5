/** What root and leaf both have to know of a kind of index. What only one of them does with it is in its own `kinds/`. */
import type { RequestNode } from '../json/request-node.ts';
import type { RollupSchema } from '../rollup/rollup-schema.ts';
import type { IndexedField, IndexSchema } from '../schema/schema.ts';

/** What an index holds, as its definition says. */
export interface IndexContents {
  readonly schema: IndexSchema;
  /** Of a roll-up, and of no other kind: `schema` then has its dimensions and metrics as fields. */
  readonly rollup?: RollupSchema;
}

export interface SharedKind {
  /**
   * Whether a document belongs to the shard that its key hashes to, and every shard has a partition of the log. Where it
   * does not, every shard reads the one partition of the index, and any may have the document.
   */
  readonly keysHaveShards: boolean;
  /** Whether a routing may decide the shard of a document in place of its key. */
  readonly keysAreRouted: boolean;
  /** What callers can read back one by one. */
  readonly keeps: 'documents' | 'rows';
  /** The highest log offset that an entry of it may have; Infinity where any will do. */
  readonly offsetMax: number;
  /** Reads what a PUT of the index calls its schema. @throws SheafError REQUEST_…, SCHEMA_INVALID */
  readonly readContents: (node: RequestNode) => ReadContents;
  /** The schema as callers write it. */
  readonly shownSchema: (contents: IndexContents) => IndexSchema | RollupSchema;
  /** The fields that a leaf keeps of what the index holds, sorted by name. */
  readonly keptFields: (contents: IndexContents) => IndexedField[];
  /** What can never change and differs from what a PUT asks for, fields and options aside: by name, for its caller. */
  readonly lastingDifferences: (existing: IndexContents, asked: IndexContents) => Readonly<Record<string, unknown>>;
}

export interface ReadContents {
  readonly contents: IndexContents;
  /** Whether the caller said what becomes of fields that are not listed. */
  readonly dynamicGiven: boolean;
}
