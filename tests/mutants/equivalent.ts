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
];
