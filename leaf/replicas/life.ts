/**
 * The life of one replica, as a state machine without I/O.
 *
 *     opening ──opened──► loading ──caught up with the head──► ready
 *        ▲                   │  │                                │
 *        │                   │  └─ log away, was ready once ──► │
 *        └──── broken ◄──────┴───────────────────────────────────┘   (anything → ahead, closed)
 *
 * A replica is ready once it has reached the head that the log had when it was opened. Where the log cannot be asked,
 * a replica whose files were complete once is ready with those, because searches go on while the log is down; any other
 * must wait.
 *
 * A replica that has what the log lacks is ahead of it: an older copy of the log was put in its place. What it holds may
 * be the last there is, so it is kept; and it is not what the log says, so it is not searched.
 */
export type Life =
  /** The worker reads the files. */
  | { readonly kind: 'opening' }
  | Loading
  | { readonly kind: 'ready'; readonly offset: number }
  /** The worker could not go on with it; opened again after a pause. */
  | { readonly kind: 'broken' }
  /** It has what the log lacks; for good. */
  | { readonly kind: 'ahead' }
  | { readonly kind: 'closed' };

/** Reads the log. */
interface Loading {
  readonly kind: 'loading';
  /** Up to where it is searchable. */
  readonly offset: number;
  /** Up to where its files were. */
  readonly found: number;
  /** Whether the files are of a replica that was ready. */
  readonly complete: boolean;
  /** The log's last offset, null until the log has told it. */
  readonly head: number | null;
}

export type LifeEvent =
  /** The files are read: they reach up to `offset`, −1 when there are none. */
  | { readonly kind: 'opened'; readonly offset: number; readonly complete: boolean }
  | { readonly kind: 'headRead'; readonly head: number }
  | { readonly kind: 'headFailed' }
  /** The log is not the one that was read. */
  | { readonly kind: 'replaced' }
  /** Everything up to the offset is searchable. */
  | { readonly kind: 'published'; readonly offset: number }
  | { readonly kind: 'broke' }
  | { readonly kind: 'pauseOver' }
  | { readonly kind: 'close' };

export type LifeEffect =
  | { readonly kind: 'open' }
  | { readonly kind: 'subscribe'; readonly from: number }
  | { readonly kind: 'unsubscribe' }
  | { readonly kind: 'readHead' }
  | { readonly kind: 'readHeadLater' }
  | { readonly kind: 'reopenLater' };

export interface LifeStep {
  readonly life: Life;
  readonly effects: readonly LifeEffect[];
}

/** How a life begins. */
export const born: LifeStep = { life: { kind: 'opening' }, effects: [{ kind: 'open' }] };

const ahead: LifeStep = { life: { kind: 'ahead' }, effects: [{ kind: 'unsubscribe' }] };

/** The next state and what is to be done. An event that does not fit the state came too late and changes nothing. */
export function stepLife(life: Life, event: LifeEvent): LifeStep {
  if (life.kind === 'closed') return unchanged(life);
  if (event.kind === 'close') return { life: { kind: 'closed' }, effects: [{ kind: 'unsubscribe' }] };
  if (life.kind === 'ahead') return unchanged(life);
  if (event.kind === 'replaced') return ahead;
  if (event.kind === 'broke') {
    return { life: { kind: 'broken' }, effects: [{ kind: 'unsubscribe' }, { kind: 'reopenLater' }] };
  }
  switch (life.kind) {
    case 'opening':
      return event.kind === 'opened' ? opened(event.offset, event.complete) : unchanged(life);
    case 'broken':
      return event.kind === 'pauseOver' ? born : unchanged(life);
    case 'loading':
      return stepLoading(life, event);
    case 'ready':
      return event.kind === 'published'
        ? { life: { kind: 'ready', offset: event.offset }, effects: [] }
        : unchanged(life);
  }
}

function unchanged(life: Life): LifeStep {
  return { life, effects: [] };
}

function opened(offset: number, complete: boolean): LifeStep {
  return {
    life: { kind: 'loading', offset, found: offset, complete, head: null },
    effects: [{ kind: 'subscribe', from: offset + 1 }, { kind: 'readHead' }],
  };
}

function stepLoading(life: Loading, event: LifeEvent): LifeStep {
  switch (event.kind) {
    case 'headRead':
      if (event.head < life.found) return ahead;
      return settle({ ...life, head: event.head });
    case 'headFailed':
      return life.complete ? ready(life.offset) : { life, effects: [{ kind: 'readHeadLater' }] };
    case 'published':
      return settle({ ...life, offset: event.offset });
    case 'opened':
    case 'replaced':
    case 'broke':
    case 'pauseOver':
    case 'close':
      return unchanged(life);
  }
}

function settle(life: Loading): LifeStep {
  return life.head !== null && life.offset >= life.head ? ready(life.offset) : unchanged(life);
}

function ready(offset: number): LifeStep {
  return { life: { kind: 'ready', offset }, effects: [] };
}
