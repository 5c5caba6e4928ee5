/** The document index: a segment holds documents, and the last put of a key is the document. */
import { packHits } from '../../shared/protocol/hit-table.ts';
import { FetchRun } from '../collect/fetch-run.ts';
import { ScanRun } from '../collect/scan-run.ts';
import { SearchRun } from '../collect/search-run.ts';
import { documentEngine } from '../indexing/document-engine.ts';
import { retention, type Retention } from '../keys/key-history.ts';
import { openWith } from '../indexing/open-writer.ts';
import { publishedSnapshots } from '../replicas/published-snapshots.ts';
import { openSegment } from '../segment/open.ts';
import { findDocument, makeSnapshot, type Snapshot } from '../snapshot/snapshot.ts';
import { documentRun } from '../tasks/document-run.ts';
import { matchesRun } from '../tasks/matches-run.ts';
import { outcomesRun } from '../tasks/outcomes-run.ts';
import { statisticsRun } from '../tasks/statistics-run.ts';
import { refreshRun } from '../tasks/task-run.ts';
import type { LeafKind, StartRun } from './leaf-kind.ts';

const searchRun: StartRun<'search', Snapshot> = (task, shards, caches) => {
  const run = new SearchRun(task, shards, caches);
  return {
    step: (documentsMax) => run.step(documentsMax),
    wholeBelow: () => (run.isBetweenShards ? (run.nextShard ?? Infinity) : undefined),
    result: () => {
      const { total, totalRelation, hits, sources, aggregations } = run.result();
      const { table, body } = packHits(task.sort, hits, sources);
      return { own: { kind: 'search', total, totalRelation, hits: table, aggregations }, body };
    },
  };
};

/** What all leaves must have alike, or they judge the same entries differently. */
export interface Judging {
  readonly engine: typeof documentEngine;
  readonly kept: Retention;
}

/** The kind of leaves that judge so. */
export function documentKindThat({ engine, kept }: Judging): LeafKind<Snapshot> {
  return {
    openWriter: (message, place) => openWith(engine, message, place, kept),
    publishedSnapshots: () => publishedSnapshots(openSegment, makeSnapshot, kept.outcomesMax),
    runs,
  };
}

const runs: LeafKind<Snapshot>['runs'] = {
  statistics: statisticsRun,
  search: searchRun,
  fetch: (task, shards) => new FetchRun(task, shards),
  document: (task, shards) => documentRun(task, shards, findDocument),
  refresh: refreshRun,
  matches: (task, positions) => matchesRun(task, positions),
  outcomes: outcomesRun,
  scan: (task, shards, caches) => new ScanRun(task, shards, caches),
  sets: null,
  sources: null,
  rows: null,
};

export const documentKind = documentKindThat({ engine: documentEngine, kept: retention });
