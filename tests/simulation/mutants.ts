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
    from: 'planDeadlines(arrivedAt, timeoutMs, mergeReserve.reserveMs(timeoutMs, clock.now()))',
    to: 'planDeadlines(clock.now(), timeoutMs, 0)',
  },
  {
    name: 'coverage is computed from the replies',
    file: 'root/gather/coverage.ts',
    from: 'const { asked, answered, failures } = input;',
    to: 'const { answered } = input; const failures: ShardFailure[] = []; const asked = answered.length;',
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
    from: "errorTable[code].retry === 'elsewhere' &&",
    to: "errorTable[code].retry === 'elsewhere' && code !== 'SHARD_NOT_HERE' &&",
  },
  {
    name: 'partials are taken for whatever shards they are',
    file: 'root/scatter/scatter.ts',
    from: 'said.some((shard, i) => shard !== attempt.shards[i])',
    to: 'said.length < 0',
  },
  {
    name: 'hedges cost nothing',
    file: 'root/scatter/token-bucket.ts',
    from: 'this.tokens -= units;',
    to: '',
  },
  {
    name: 'an ejected leaf never comes back',
    file: 'root/scatter/ejection.ts',
    from: "if (standing.kind !== 'out' || now < standing.until) return standing;",
    to: 'if (standing.kind !== null) return standing;',
  },
  {
    name: 'a leaf that was slow once stays slow in the book',
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
    file: 'root/gather/gather.ts',
    from: 'if (received.length > 1) hits.sort(',
    to: 'if (received.length > 9) hits.sort(',
  },
];
