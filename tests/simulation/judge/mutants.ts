/** Bugs in the judging of conditional writes that the simulation must find. See ../mutants.ts. */
import type { Mutant } from '../mutants.ts';

export const judgeMutants: readonly Mutant[] = [
  {
    name: 'an entry is judged by what the replica had when it made all that was pending searchable',
    file: 'leaf/indexing/fold-entries.ts',
    from: 'const before = this.asKnownAt(key, step.offset);',
    to: 'const before = this.asKnownAt({ ...key, now: key.before }, step.offset);',
  },
  {
    name: 'a tombstone is forgotten by what is pending together',
    file: 'leaf/indexing/fold-entries.ts',
    from: "if (now.kind !== 'deleted') return now;",
    to: 'if (offset >= 0) return now;',
  },
  {
    name: 'outcomes and tombstones are not read with the segments',
    file: 'leaf/indexing/replica-files.ts',
    from: 'history: historyFile === null ? new KeyHistory(kept) : readHistory(place.folder, historyFile, kept),',
    to: 'history: historyFile === null ? new KeyHistory(kept) : new KeyHistory(readHistory(place.folder, historyFile, kept).retention),',
  },
  {
    name: 'a file of outcomes is not written again when there are more',
    file: 'leaf/keys/key-history.ts',
    from: 'if (buried.length > 0 || outcomes.length > 0) this.revision++;',
    to: 'if (buried.length > 0) this.revision++;',
  },
  {
    name: 'a root asks a replica that has not passed the entry',
    file: 'root/plan/ask-outcomes.ts',
    from: 'Math.max(...offsets)])),',
    to: 'Math.max(...offsets) - 1])),',
  },
  {
    name: 'a replica answers before it has reached what is asked',
    file: 'leaf/tasks/choose-shards.ts',
    from: 'replica.offset >= asked || (await replica.reach(asked, waitingEnds))',
    to: 'replica.offset >= asked || (await Promise.resolve(true))',
  },
  {
    name: 'who says nothing is waited for to the end',
    foundBy: 191,
    file: 'root/plan/ask-outcomes.ts',
    from: 'const roundMsMax = 500;',
    to: 'const roundMsMax = 1e6;',
  },
  {
    name: 'a repeat of a request is recorded and judged again',
    file: 'shared/log/keyed-requests.ts',
    from: 'if (known === undefined) {',
    to: 'if (known === undefined || known.digest === digest) {',
  },
  {
    name: 'a repeat of which other lines are taken is told what became of them',
    foundBy: 10,
    file: 'root/route/write-job.ts',
    from: 'if (actual !== count || recorded.size !== batches.length) {',
    to: 'if (actual < 0 || recorded.size === 0) {',
  },
  {
    name: 'an entry of an unknown judgement is judged as one that is known',
    file: 'shared/judge/change.ts',
    from: 'if (version > judgementVersion) {',
    to: 'if (version > 99) {',
  },
  {
    name: 'an entry of an unknown judgement is passed over',
    file: 'leaf/indexing/replica-writer.ts',
    from: 'this.stopped = stopAt(batch.firstOffset, error);\n      // It may',
    to: 'this.takenOffset = lastOffset;\n      // It may',
  },
  {
    name: 'a replica that reads on misses what was pending when it stood still',
    file: 'leaf/indexing/replica-writer.ts',
    from: 'for (const taken of this.batches) this.pending.take(taken, this.offset);',
    to: '',
  },
  {
    name: 'a document that does not fit a later field stops its partition',
    file: 'leaf/segment/field-input.ts',
    from: "if (reading.kind === 'value') this.builder.add(reading.value);",
    to: "if (reading.kind === 'value') this.builder.add(reading.value);\n    else if (reading.kind === 'wrong') throw new Error('wrong');",
  },
  {
    name: 'a sequence is not compared',
    file: 'shared/judge/judge.ts',
    from: "before.kind === 'live' && before.sequence === condition.sequence ? null : 'conflict'",
    to: "before.kind === 'live' ? null : 'conflict'",
  },
  {
    name: 'a delete of a copy takes whatever is there',
    file: 'shared/judge/judge.ts',
    from: "if (before.origin !== origin) return 'not_found';",
    to: '',
  },
  {
    name: 'a copy is written over a document that is none',
    file: 'shared/judge/judge.ts',
    from: "if (before.origin === noOrigin) return 'conflict';",
    to: "if (before.origin === noOrigin && before.kind !== 'live') return 'conflict';",
  },
  {
    name: 'a deletion from before bars a copy',
    file: 'shared/judge/judge.ts',
    from: "(before.kind === 'deleted' && before.sequence <= since)) return null;",
    to: "(before.kind === 'deleted' && before.sequence < since)) return null;",
  },
  {
    name: 'a file of tombstones forgets whose copy was deleted',
    foundBy: 60,
    file: 'leaf/keys/history-file.ts',
    from: 'origin: origins[i]!, deletion',
    to: 'origin: origins[i]! * 0, deletion',
  },
  {
    name: 'the version of a key begins anew after a delete',
    file: 'leaf/indexing/fold-entries.ts',
    from: "if (now.kind === 'deleted') {",
    to: "if (now.kind === 'deleted' && before.kind !== 'live') {",
  },
  {
    name: 'the log forgets keys of requests by the time of day',
    file: 'shared/log/sqlite/running-time.ts',
    from: 'Math.floor(beganAtMs + clock.now())',
    to: 'Math.floor(Math.max(0, beganAtMs) + Date.now())',
  },
  {
    name: 'an append is acknowledged although the disk of the log is full',
    file: 'shared/log/sqlite/store.ts',
    from: 'return records.map(() => ({ ok: false, error: fault }));',
    to: `return records.map(({ batches, requests }) => ({
        ok: true,
        appended: batches.map(({ partition, count }) => ({ partition, firstOffset: 0, lastOffset: count - 1 })),
        outcomes: requests.map(() => ({ kind: 'recorded' })),
        repeated: true,
      }));`,
  },
  {
    name: 'a leaf goes on past a segment that it could not write',
    foundBy: 581,
    file: 'leaf/indexing/replica-files.ts',
    from: `writeDurably(join(place.folder, fileName(id)), new Uint8Array(live.segment.buffer));
    written.addSegment(id);`,
    to: `written.addSegment(id);
    writeDurably(join(place.folder, fileName(id)), new Uint8Array(live.segment.buffer));`,
  },
  {
    name: 'a leaf goes on past a manifest that it could not write',
    file: 'leaf/indexing/indexing-loop.ts',
    from: 'else writer.postponeCommit(this.world.clock.now());',
    to: 'else deleteReplica(writer.place);',
  },
];
