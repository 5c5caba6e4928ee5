/**
 * The frames that processes exchange over an upgraded connection.
 *
 * All integers are little-endian:
 *
 *     u32  length of what follows this field; at most limits.frameBytesMax
 *     u8   type, from the table below
 *     u32  id: ties a reply and a cancel to its request; chosen by the requester, 0 where nothing is answered
 *     u32  length of the header
 *     ...  header: JSON
 *     ...  body: bytes, their meaning given by the type
 */
export const protocolName = 'sheaf-frames/1';

export const frameTypes = {
  /** root → leaf: a Task. Answered by `partial` or `failure`. */
  task: 1,
  /** leaf → root: a Partial; body: sources. */
  partial: 2,
  /** An ErrorBody in place of the answer. */
  failure: 3,
  /** The requester no longer wants the answer of this id; nothing is sent back. */
  cancel: 4,
  /** leaf → root: a LeafReport. */
  report: 5,
  /** root → leaf: Members. */
  members: 6,
  /** Either way, to say that one is there, and nothing is answered; an empty object, or a word: see FollowWord and HeadsWord. */
  ping: 7,
  /** leaf → root: a Backlog, pushed as it changes. */
  backlog: 8,

  /** → log: AppendHeader; body: the batches. Answered by `appended` or `failure`. */
  append: 16,
  appended: 17,
  /** → log: the highest offsets of partitions. Answered by `heads`. */
  askHeads: 18,
  heads: 19,
  /** → log: begin a subscription under this id. Answered by `entries` until `cancel`. */
  subscribe: 20,
  /** log → subscriber: one LogBatch. */
  entries: 21,
  /** subscriber → log: leave to send so many more batches of this id. */
  credit: 22,
  /** log → client: a LogGreeting, the first frame of each connection; nothing is asked of the log before it. */
  greeting: 23,
  /** → log: deliver the batch with this entry as one without entries. Answered by `skipped` or `failure`. */
  skip: 24,
  skipped: 25,
  /** → log: the earliest offsets of partitions. Answered by `earliest`. */
  askEarliest: 26,
  earliest: 27,
  /** → log: let go of what is below an offset. Answered by `trimmed` or `failure`. */
  trim: 28,
  trimmed: 29,
} as const;

export type FrameType = keyof typeof frameTypes;

const namesByCode = new Map(Object.entries(frameTypes).map(([name, code]) => [code as number, name as FrameType]));

/** The type of a code, or undefined. */
export function frameTypeOf(code: number): FrameType | undefined {
  return namesByCode.get(code);
}
