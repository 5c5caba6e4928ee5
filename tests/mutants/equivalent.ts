/**
 * Mutations that change nothing that anyone could see, each with the reason. They are not drawn. A test holds the list to
 * the code: each must be one that the rules make of it.
 */
export interface Equivalent {
  readonly file: string;
  /** The lines that are changed, with single spaces. */
  readonly before: string;
  readonly after: string;
  readonly reason: string;
}

export const equivalents: readonly Equivalent[] = [
  {
    file: 'shared/log/client/requests.ts',
    before: 'private sentBytes = 0;',
    after: 'private sentBytes = 1;',
    reason: 'nothing is sent before the first connection, which sets it',
  },
  {
    file: 'shared/log/client/requests.ts',
    before: 'for (const waiting of this.sent.values()) waiting.id = undefined;',
    after: 'for (const waiting of this.sent.values()) ;',
    reason:
      'an id of an earlier connection is met again only after two milliards of requests, and else nothing is under it',
  },
  {
    file: 'shared/log/sqlite/threads.ts',
    before: 'let lastId = 0;',
    after: 'let lastId = 1;',
    reason: 'ids of what is under way only have to differ from one another',
  },
  {
    file: 'root/plan/view-owners.ts',
    before: 'const lowest = Math.max(at[shard] ?? -1, floor[shard] ?? -1);',
    after: 'const lowest = Math.max(at[shard] ?? -2, floor[shard] ?? -1);',
    reason: 'the other of the two is at least -1, and no replica is behind that',
  },
  {
    file: 'root/plan/view-owners.ts',
    before: 'const lowest = Math.max(at[shard] ?? -1, floor[shard] ?? -1);',
    after: 'const lowest = Math.max(at[shard] ?? -1, floor[shard] ?? -2);',
    reason: 'the other of the two is at least -1, and no replica is behind that',
  },
  {
    file: 'root/gather/merge-hits.ts',
    before: 'if (compareRows(keys, columns, row, columns, row + 1) > 0) {',
    after: 'if (compareRows(keys, columns, row, columns, row + 1) >= 0) {',
    reason: 'no two hits of an answer compare as equal: what decides last is shard and log offset',
  },
  {
    file: 'shared/log/client/ids.ts',
    before: 'do id = id + 2 > idMax ? 1 + ((id + 1) % 2) : id + 2;',
    after: 'do id = id + 2 > idMax ? 1 + ((id - 1) % 2) : id + 2;',
    reason: 'one more and one less are both odd, or both even',
  },
  {
    file: 'shared/log/batch.ts',
    before: 'const grown = Buffer.allocUnsafeSlow(Math.max(this.buffer.length * 2, this.end + sizeBytes));',
    after: 'const grown = Buffer.allocUnsafeSlow(Math.max(this.buffer.length * 3, this.end + sizeBytes));',
    reason: 'a buffer that grows faster holds the same bytes',
  },
  {
    file: 'leaf/schedule/codel.ts',
    before: 'private shedNextAt = 0;',
    after: 'private shedNextAt = 1;',
    reason: 'before the first is shed it is compared, and nothing follows: none was shed lately',
  },
];
