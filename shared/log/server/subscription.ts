/**
 * When a subscriber is sent what: a state machine without I/O.
 *
 * Batches reach a subscriber by two ways: straight from memory when they are committed, and read back from the store.
 * Both move one position forward, and only one of them is open at a time: while a read is under way, or while anything
 * below the head is still to be read, a commit only raises the head. So every entry is sent once and in order.
 */
export interface SubscriptionState {
  /** The next offset to send. */
  readonly position: number;
  /** Highest offset known to be committed, −1 when none. */
  readonly head: number;
  /** Batches that may still be sent. */
  readonly credit: number;
  readonly reading: boolean;
}

/** A stored batch; its bytes are the driver's affair. */
export interface Span {
  readonly firstOffset: number;
  readonly lastOffset: number;
}

export type SubscriptionEvent<Batch extends Span> =
  | { readonly kind: 'credit'; readonly batches: number }
  | { readonly kind: 'committed'; readonly batch: Batch }
  /** Answers the `read` effect; at most as many batches as it asked for. */
  | { readonly kind: 'read'; readonly batches: readonly Batch[] };

export type SubscriptionEffect<Batch extends Span> =
  | { readonly kind: 'send'; readonly batch: Batch }
  | { readonly kind: 'read'; readonly from: number; readonly batchesMax: number };

export interface Step<Batch extends Span> {
  readonly state: SubscriptionState;
  /** To be carried out in order, before the next step. */
  readonly effects: readonly SubscriptionEffect<Batch>[];
}

/** @param head highest committed offset of the partition now; no later commit may be missed */
export function subscriptionAt(from: number, head: number): SubscriptionState {
  return { position: from, head, credit: 0, reading: false };
}

/** What follows from an event. Commits must be told in their order, all of them. */
export function step<Batch extends Span>(state: SubscriptionState, event: SubscriptionEvent<Batch>): Step<Batch> {
  switch (event.kind) {
    case 'credit':
      return readMore({ ...state, credit: state.credit + event.batches }, []);
    case 'committed':
      return committed(state, event.batch);
    case 'read':
      return sendAll({ ...state, reading: false }, event.batches);
  }
}

function committed<Batch extends Span>(state: SubscriptionState, batch: Batch): Step<Batch> {
  const wasAtHead = state.position > state.head;
  const next = { ...state, head: Math.max(state.head, batch.lastOffset) };
  // At the head no read is under way: a read is asked for below it, and the position stays until it is answered.
  if (wasAtHead && state.credit > 0) return sendAll(next, [batch]);
  return readMore(next, []);
}

function sendAll<Batch extends Span>(state: SubscriptionState, batches: readonly Batch[]): Step<Batch> {
  let { position, credit } = state;
  const effects: SubscriptionEffect<Batch>[] = [];
  for (const batch of batches) {
    // Sent already, by a read that saw this commit before it was told, or wholly before what was asked for.
    if (batch.lastOffset < position) continue;
    effects.push({ kind: 'send', batch });
    position = batch.lastOffset + 1;
    credit--;
  }
  return readMore({ ...state, position, credit }, effects);
}

function readMore<Batch extends Span>(state: SubscriptionState, effects: SubscriptionEffect<Batch>[]): Step<Batch> {
  if (state.reading || state.credit === 0 || state.position > state.head) return { state, effects };
  effects.push({ kind: 'read', from: state.position, batchesMax: state.credit });
  return { state: { ...state, reading: true }, effects };
}
