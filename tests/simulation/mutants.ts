/**
 * Bugs that the simulation must find: each is one change of one source file, made as the file is loaded. A change whose
 * text is no longer in the source is an error, so that the list keeps up with the code.
 */
export interface Mutant {
  readonly name: string;
  /** From the root of the repository. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** The first seed that found it when it was last looked for, where that is not an early one: tried first. */
  readonly foundBy?: number;
}

export const mutants: readonly Mutant[] = [
  {
    name: 'a hedged twin is counted twice',
    file: 'root/scatter/attempt-tree.ts',
    from: 'return [...own, ...beside(attempt).flatMap(bestAnswers)]',
    to: 'return [...own, ...attempt.parts.flatMap(bestAnswers)]',
  },
  {
    name: 'the cancel of a loser is lost',
    file: 'root/scatter/scatter.ts',
    from: "effects.push({ kind: 'cancel', attempt: attempt.number, why });",
    to: "if (why === 'late') effects.push({ kind: 'cancel', attempt: attempt.number, why });",
  },
  {
    name: 'the cancel is noted, and not sent',
    file: 'root/scatter/drive.ts',
    from: 'attempt.cancel();\n        this.end(effect.attempt',
    to: 'this.end(effect.attempt',
  },
  {
    name: 'the deadline is counted from the start of the work, not from the arrival',
    file: 'root/plan/search-run.ts',
    from: 'planDeadlines(arrivedAt, timeoutMs, mergeReserve.reserveMs(timeoutMs, mergeWork, clock.now()))',
    to: 'planDeadlines(clock.now(), timeoutMs, 0)',
  },
  {
    name: 'coverage is computed from the replies',
    file: 'root/gather/coverage.ts',
    from: 'const { asked, answered, failures, skipped = [], stops = [] } = input;',
    to: 'const { answered, skipped = [], stops = [] } = input; const failures: ShardFailure[] = []; const asked = answered.length;',
  },
  {
    name: 'what has moved away counts as answered',
    file: 'root/scatter/scatter.ts',
    from: 'attempt.answered = event.shards;',
    to: 'attempt.answered = attempt.shards;',
  },
  {
    name: 'what has moved away is not asked of its new owner',
    file: 'root/scatter/scatter.ts',
    from: 'judgeFailure(code).curable &&',
    to: "judgeFailure(code).curable && code !== 'SHARD_NOT_HERE' &&",
  },
  {
    name: 'partials are taken for whatever shards they are',
    foundBy: 4,
    file: 'root/scatter/scatter.ts',
    from: '!accountsFor(attempt.shards, event)',
    to: 'event.shards.length < 0',
  },
  {
    name: 'a leaf that has answered gets no further lot',
    file: 'root/scatter/scatter.ts',
    from: "if (attempt.reason === 'first') handOut(",
    to: "if (attempt.reason === 'hedge') handOut(",
  },
  {
    name: 'candidates are never used up',
    file: 'root/scatter/scatter.ts',
    from: 'if (leaves.includes(leaf)) leaves.splice(leaves.indexOf(leaf), 1);',
    to: 'if (leaf === "") leaves.pop();',
  },
  {
    name: 'a round at its deadline looks again, and again',
    file: 'root/scatter/scatter.ts',
    from: 'if (now >= state.wait.until) endAll(',
    to: 'if (now > state.wait.until) endAll(',
  },
  {
    name: 'hedges cost nothing',
    foundBy: 15,
    file: 'root/scatter/token-bucket.ts',
    from: 'this.tokens -= units;',
    to: '',
  },
  {
    name: 'retries are no matter of a budget',
    file: 'root/scatter/scatter.ts',
    from: 'if (!state.options.retryBudget.take(shards.length)) continue;',
    to: '',
  },
  {
    name: 'a budget that is not full grants nothing',
    file: 'root/scatter/token-bucket.ts',
    from: 'if (this.tokens < Math.min(units, this.capacity)) return false;',
    to: 'if (this.tokens < this.capacity) return false;',
  },
  {
    name: 'a late task is hedged on the leaf that is late',
    file: 'root/scatter/scatter.ts',
    from: 'hedgeTargets(state.candidates.get(shard)!)',
    to: 'hedgeTargets([attempt.leaf, ...state.candidates.get(shard)!])',
  },
  {
    name: 'a task is given more time than is left',
    file: 'root/scatter/drive.ts',
    from: 'this.remainingMs(sentAt)',
    to: '500',
  },
  {
    name: 'an ejected leaf never comes back',
    file: 'root/scatter/ejection.ts',
    from: "if (standing.kind !== 'out' || now < standing.until) return standing;",
    to: 'if (standing.kind !== null) return standing;',
  },
  {
    name: 'a leaf that was slow once stays slow in the book',
    foundBy: 66,
    file: 'root/scatter/leaf-book.ts',
    from: 'const latencyHalfLifeMs = 2000;',
    to: 'const latencyHalfLifeMs = 2e12;',
  },
  {
    name: 'a timer outlives its query',
    file: 'root/scatter/drive.ts',
    from: 'this.timer?.cancel();\n    this.timer = null;\n    this.options.signal',
    to: 'this.timer = null;\n    this.options.signal',
  },
  {
    name: 'hits are merged in the order of arrival',
    file: 'root/gather/merge-hits.ts',
    from: 'siftDown(keys, heads);\n  }\n  return merged',
    to: '}\n  return merged',
  },
  {
    name: 'an answer that comes twice is handed over twice',
    file: 'shared/transport/calls.ts',
    from: 'this.waiting.delete(frame.id);\n    onOutcome(',
    to: 'onOutcome(',
  },
  {
    name: 'calls outlive their connection',
    file: 'shared/transport/calls.ts',
    from: 'for (const onOutcome of ended) onOutcome({ ok: false, error });',
    to: '',
  },
  {
    name: 'older news of a leaf replace newer',
    file: 'root/membership/leaf-peer.ts',
    from: '} else if (!isNewer(report, before)) {',
    to: '} else if (false as boolean) {',
  },
  {
    name: 'what a leaf said stays after its connection has ended',
    file: 'root/membership/leaf-peer.ts',
    from: 'this.report = null;',
    to: '',
  },
  {
    name: 'partials are not looked at',
    file: 'root/membership/leaf-peer.ts',
    from: 'const partial = readPartial(task, header, body);',
    to: 'const partial = readPartial(task, { ...(header as object), shards: task.shards, failures: [] });',
  },
  {
    name: 'a query is refused after leaves were asked',
    file: 'root/plan/admitted.ts',
    from: 'if (!isLetIn(',
    to: 'const early = run();\n  early.catch(() => undefined);\n  if (!isLetIn(',
  },
  {
    name: 'no query is ever refused',
    foundBy: 6,
    file: 'root/plan/admission.ts',
    from: 'if (busy.size === 0) return true;',
    to: 'if (busy.size >= 0) return true;',
  },
  {
    name: 'queries are refused for lines that cost them little',
    foundBy: 6,
    file: 'root/plan/admission.ts',
    from: '{ interactive: 0.5, batch: 0.125 }',
    to: '{ interactive: 0.005, batch: 0.0025 }',
  },
  {
    name: 'a burst is refused like a line that stands',
    foundBy: 31_000_758,
    file: 'root/plan/admission.ts',
    from: '{ interactive: 0.5, batch: 0.125 }',
    to: '{ interactive: 0.25, batch: 0.125 }',
  },
  {
    name: 'leaves do not count what waits',
    foundBy: 6,
    file: 'leaf/schedule/scheduler.ts',
    from: 'interactiveMs: timeOf(interactive.size)',
    to: 'interactiveMs: timeOf(0)',
  },
  {
    name: 'a leaf works on what is overdue',
    foundBy: 12,
    file: 'leaf/schedule/scheduler.ts',
    from: 'if (this.clock.now() >= job.deadline)',
    to: 'if (job.deadline < 0)',
  },
  {
    name: 'a leaf forgets to go on after emulated work',
    file: 'leaf/schedule/emulated-work.ts',
    from: 'this.isWaking = false;\n        this.options.wake();',
    to: 'this.options.wake();',
  },
  {
    name: 'what is cancelled is worked on all the same',
    file: 'leaf/schedule/job-queue.ts',
    from: "if (this.waiting.delete(job)) return 'waiting';",
    to: "if (this.waiting.has(job)) return 'waiting';",
  },
  {
    name: 'a winner whose source was held back is shown without',
    file: 'root/plan/fill-page.ts',
    from: 'if (holding.size === 0) return [];',
    to: 'if (holding.size >= 0) return [];',
  },
  {
    name: 'what could not be fetched is shown without its source',
    file: 'root/plan/fill-page.ts',
    from: 'missing.filter((hit) => !sources.has(versionOf(hit)))',
    to: 'missing.filter(() => false)',
  },
  {
    name: 'what is searched again is counted beside what it replaces',
    file: 'root/plan/fill-page.ts',
    from: 'searched.answers.filter((answer) => !useless.includes(answer))',
    to: '[...searched.answers]',
  },
  {
    name: 'what is searched again holds sources back again',
    file: 'root/plan/search-round.ts',
    from: "name: 'search again', end }",
    to: "name: 'search again', end, makeTask: (base) => ({ ...searchRound(run, counted, shards).makeTask(base), sourcesOf: { from: 0, until: 0 } }) }",
  },
  {
    name: 'shards whose counts are missing are searched all the same',
    file: 'root/plan/statistics-round.ts',
    from: 'answered,\n    failures,\n    pinned:',
    to: 'answered: shards,\n    failures: [],\n    pinned:',
  },
  {
    name: 'the offsets of a token are not sent to leaves',
    file: 'root/plan/round.ts',
    from: "...offsetsOf('at', at, asked),",
    to: '',
  },
  {
    name: 'a leaf does not wait for the offset that is asked',
    file: 'leaf/tasks/choose-shards.ts',
    from: 'replica.offset >= asked || (await replica.reach(asked, waitingEnds))',
    to: 'asked >= -1',
  },
  {
    name: 'counts of another state are not checked by leaves',
    file: 'leaf/tasks/choose-shards.ts',
    from: "'snapshot' in chosen && chosen.snapshot.offset !== countedAt",
    to: "'snapshot' in chosen && chosen.snapshot.offset < -1",
  },
  {
    name: 'counts are known to be of a state that they are not of',
    file: 'root/plan/statistics-cache.ts',
    from: 'known === undefined || !isSame(known.state, state)',
    to: 'known === undefined',
  },
  {
    name: 'a lower bound of a leaf is told as an exact total',
    file: 'root/gather/gather.ts',
    from: "partial.totalRelation === 'gte') ? 'gte' : 'eq'",
    to: "partial.totalRelation === 'gte') ? 'eq' : 'eq'",
  },
  {
    name: 'the total of a part is told as that of all',
    file: 'root/gather/coverage.ts',
    from: "return shards.failed > 0 ? 'gte' : counted;",
    to: 'return shards.failed < 0 ? counted : counted;',
  },
  {
    name: 'what a busy leaf refuses is not asked of another replica',
    file: 'root/scatter/scatter.ts',
    from: 'judgeFailure(code).curable &&',
    to: "judgeFailure(code).curable && code !== 'LEAF_BUSY' &&",
  },
  {
    name: 'documents of failed shards are left out of those asked',
    file: 'root/gather/coverage.ts',
    from: 'documentsAsked === null ? null : documentsAsked + documents;',
    to: 'documentsAsked === null ? null : documentsAsked;',
  },
  {
    name: 'the log forgets keys of requests by the time of day',
    foundBy: 55,
    file: 'shared/log/sqlite/running-time.ts',
    from: 'Math.floor(beganAtMs + clock.now())',
    to: 'Math.floor(Math.max(0, beganAtMs) + Date.now())',
  },
  {
    name: 'an append is acknowledged although the disk of the log is full',
    foundBy: 3,
    file: 'shared/log/sqlite/store.ts',
    from: 'return records.map(() => ({ ok: false, error: fault }));',
    to: `return records.map(({ batches, requests }) => ({
        ok: true,
        appended: batches.map(({ partition, count }) => ({ partition, firstOffset: 0, lastOffset: count - 1 })),
        outcomes: requests.map(() => ({ kind: 'recorded' })),
        repeated: true,
      }));`,
  },
];
