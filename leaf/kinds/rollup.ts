/** The roll-up index: rows are documents of their segments (rollup/), searched as those are, and read out as a whole. */
import { openWith } from '../indexing/open-writer.ts';
import { publishedSnapshots } from '../replicas/published-snapshots.ts';
import { rollupEngine } from '../rollup/rollup-engine.ts';
import { RowsRun } from '../rollup/rows-run.ts';
import { openSegment } from '../segment/open.ts';
import { emptySnapshot, makeSnapshot, type Snapshot } from '../snapshot/snapshot.ts';
import { documentKind } from './document.ts';
import type { LeafKind, StartRun } from './leaf-kind.ts';

const rowsRun: StartRun<'rows', Snapshot> = (_task, [chosen]) => {
  const run = new RowsRun(chosen?.snapshot ?? emptySnapshot);
  return {
    step: (documentsMax) => run.step(documentsMax),
    wholeBelow: () => (run.isDone ? Infinity : undefined),
    result: () => ({ own: { kind: 'rows' }, body: run.body }),
  };
};

export const rollupKind: LeafKind<Snapshot> = {
  openWriter: (message, place) => openWith(rollupEngine(message.fields), message, place),
  publishedSnapshots: () =>
    publishedSnapshots(openSegment, (segments, offset) => makeSnapshot(segments, offset, { kind: 'rollup' })),
  runs: { ...documentKind.runs, matches: null, outcomes: null, scan: null, rows: rowsRun },
};
