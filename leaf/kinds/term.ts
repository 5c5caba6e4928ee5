/** The term index: a shard keeps the posting lists of its terms, and the documents whose ordinals are its (terms/). */
import { openWith } from '../indexing/open-writer.ts';
import { publishedSnapshots } from '../replicas/published-snapshots.ts';
import { documentRun } from '../tasks/document-run.ts';
import { atOnce, refreshRun } from '../tasks/task-run.ts';
import { SetsRun, sumStatistics } from '../terms/sets-run.ts';
import { readSources } from '../terms/sources-run.ts';
import { termEngine } from '../terms/term-engine.ts';
import { TermSegment } from '../terms/term-segment.ts';
import { findByKey, makeTermSnapshot, type TermSnapshot } from '../terms/term-snapshot.ts';
import type { LeafKind, StartRun } from './leaf-kind.ts';

/** At once, for the counts are kept, but for those up to a cut. */
const statisticsRun: StartRun<'statistics', TermSnapshot> = ({ terms, cut }, shards) => {
  const snapshots = shards.map(({ snapshot }) => snapshot);
  return atOnce(() => {
    const statistics = sumStatistics(snapshots, terms, cut ?? Infinity);
    return { own: { kind: 'statistics', statistics }, body: [] };
  });
};

const setsRun: StartRun<'sets', TermSnapshot> = (task, shards) => {
  const run = new SetsRun(task, shards);
  return {
    step: () => run.step(),
    wholeBelow: () => (run.isDone ? Infinity : undefined),
    result: () => run.result(),
  };
};

export const termKind: LeafKind<TermSnapshot> = {
  openWriter: (message, place) => {
    return openWith(termEngine({ shard: message.shard, shards: message.index.shards }), message, place);
  },
  publishedSnapshots: () => publishedSnapshots((buffer) => new TermSegment(buffer), makeTermSnapshot),
  runs: {
    statistics: statisticsRun,
    search: null,
    fetch: null,
    document: (task, shards) => documentRun(task, shards, latestOfKey),
    refresh: refreshRun,
    matches: null,
    outcomes: null,
    scan: null,
    sets: setsRun,
    sources: (task, shards) => atOnce(() => readSources(task, shards)),
    rows: null,
  },
};

function latestOfKey(snapshot: TermSnapshot, key: string) {
  const found = findByKey(snapshot, key);
  return found === null ? null : { offset: found.ordinal, version: 1, source: found.source };
}
