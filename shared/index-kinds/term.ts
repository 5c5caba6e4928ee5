/**
 * The term index: its documents stand in one partition, a document's ordinal is its log offset, and a shard holds the
 * posting lists of the terms that hash to it. Its schema is that of a document index.
 */
import { limits } from '../limits.ts';
import { documentKind } from './document.ts';
import type { SharedKind } from './shared-kind.ts';

export const termKind: SharedKind = {
  ...documentKind,
  keysHaveShards: false,
  keysAreRouted: false,
  offsetMax: limits.termOrdinalMax,
};
