/** The document index: a shard holds the documents whose key hashes to it. */
import { readFieldsSchema } from '../schema/read-schema.ts';
import { indexedFields } from '../schema/schema.ts';
import type { SharedKind } from './shared-kind.ts';

export const documentKind: SharedKind = {
  keysHaveShards: true,
  keysAreRouted: true,
  keeps: 'documents',
  offsetMax: Infinity,
  readContents: readFieldsSchema,
  shownSchema: ({ schema }) => schema,
  keptFields: ({ schema }) => indexedFields(schema),
  lastingDifferences: () => ({}),
};
