/**
 * The life of one replica, as a state machine without I/O.
 *
 *     opening ──nothing found, others have it──► copying ──copied──► opening
 *        │  ▲                                       │
 *        │  └──── broken ◄── (anything)             │ nobody could give it
 *        ▼                                          ▼
 *     loading ◄─────────────────────────────────────┘
 *        │  caught up with the head, or: the log is away and it was ready once
 *        ▼
 *     warming ──warmed──► ready ──unwanted──► draining ──handed over──► lingering ──► closed
 *                           ▲                    │                          │
 *                           └───────wanted───────┴──────────────────────────┘     (anything → ahead, closed)
 *
 * A replica that is new here is copied from a leaf that has it ready or from object storage, or read from the log. It is ready once it has
 * reached the head that the log had when it was opened. Where the log cannot be asked, a replica whose files were
 * complete once is ready with those, because searches go on while the log is down; any other must wait.
 *
 * A replica that is not wanted here any more goes on answering until others have taken it over; hand-over.ts says when. It
 * answers for a while even then: a root may have asked before it heard of the others.
 *
 * A replica that has what the log lacks is ahead of it: an older copy of the log was put in its place. What it holds may
 * be the last there is, so it is kept; and it is not what the log says, so it is not searched.
 *
 * Where what comes next was trimmed from the log, the replica fell behind all that others have kept: it is copied anew, and
 * stays as it is until it is.
 *
 * A replica that stands still before what it cannot read has all that can be had: it is as good as caught up.
 */
export type Life =
  | Opening
  | Copying
  | Loading
  /** It has caught up, and is searched for the first time. */
  | { readonly kind: 'warming'; readonly offset: number }
  | { readonly kind: 'ready'; readonly offset: number }
  /** Others should have it; it answers until they do. */
  | { readonly kind: 'draining'; readonly offset: number; readonly since: number }
  /** Others have it; it answers those who do not know yet. */
  | { readonly kind: 'lingering'; readonly offset: number; readonly since: number }
  /** The worker could not go on with it; opened again after a pause. */
  | { readonly kind: 'broken' }
  /** It has what the log lacks; for good. */
  | { readonly kind: 'ahead' }
  /** Its files are of a newer version, for good: what they hold may not be read here, and is not deleted. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'closed' };

/** The worker reads the files. */
interface Opening {
  readonly kind: 'opening';
  /** The leaves it may still be copied from; null before they were asked for. */
  readonly untried: readonly string[] | null;
}

/** Files come from another leaf, or from object storage. */
interface Copying {
  readonly kind: 'copying';
  readonly from: string;
  readonly untried: readonly string[];
  /** Whether the log lacks what would follow on what is here. */
  readonly outrun: boolean;
}

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
  /**
   * The files are read: they reach up to `offset`, −1 when there are none. Should there be none, `sources` are the leaves
   * that it can be copied from, best first.
   */
  | {
      readonly kind: 'opened';
      readonly offset: number;
      readonly complete: boolean;
      readonly sources: readonly string[];
    }
  /** The files of another leaf are in their place. */
  | { readonly kind: 'copied' }
  | { readonly kind: 'copyFailed' }
  | { readonly kind: 'headRead'; readonly head: number }
  | { readonly kind: 'headFailed' }
  /** The log has trimmed what comes next. `sources` as of `opened`. */
  | { readonly kind: 'trimmed'; readonly sources: readonly string[] }
  /** The log is not the one that was read. */
  | { readonly kind: 'replaced' }
  /** Everything up to the offset is searchable. */
  | { readonly kind: 'published'; readonly offset: number }
  | { readonly kind: 'warmed' }
  /** What comes next in the log cannot be read; all before it is searchable. */
  | { readonly kind: 'stopped' }
  /** The files are of a newer version. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'broke' }
  | { readonly kind: 'pauseOver' }
  /** It has no place here any more. @see ReplicaReport.since */
  | { readonly kind: 'unwanted'; readonly since: number }
  | { readonly kind: 'wanted' }
  /** Others have taken it over, and know that it goes. */
  | { readonly kind: 'handedOver' }
  | { readonly kind: 'lingered' }
  /** Nobody needs it, or the process ends and leaves the files for its next life. */
  | { readonly kind: 'close'; readonly discard: boolean };

export type LifeEffect =
  | { readonly kind: 'open' }
  | { readonly kind: 'copy'; readonly from: string }
  | { readonly kind: 'subscribe'; readonly from: number }
  /** Ends the subscription, the copying, whatever is under way. */
  | { readonly kind: 'unsubscribe' }
  | { readonly kind: 'readHead' }
  | { readonly kind: 'readHeadLater' }
  | { readonly kind: 'warm' }
  | { readonly kind: 'reopenLater' }
  | { readonly kind: 'linger' }
  /** Deletes the files. */
  | { readonly kind: 'discard' };

export interface LifeStep {
  readonly life: Life;
  readonly effects: readonly LifeEffect[];
}

/** How a life begins. */
export const born: LifeStep = { life: { kind: 'opening', untried: null }, effects: [{ kind: 'open' }] };

const ahead: LifeStep = { life: { kind: 'ahead' }, effects: [{ kind: 'unsubscribe' }] };

/** Whether a replica with this life answers tasks. */
export function answers({ kind }: Life): boolean {
  return kind === 'ready' || kind === 'draining' || kind === 'lingering';
}

/** The next state and what is to be done. An event that does not fit the state came too late and changes nothing. */
export function stepLife(life: Life, event: LifeEvent): LifeStep {
  if (life.kind === 'closed') return unchanged(life);
  if (event.kind === 'close') return close(event.discard);
  // What the log lacks, or a newer version wrote, is not deleted because the ring has changed.
  if (life.kind === 'ahead' || life.kind === 'refused')
    return event.kind === 'unwanted' ? close(false) : unchanged(life);
  if (event.kind === 'replaced') return ahead;
  if (event.kind === 'refused') return { life: { kind: 'refused' }, effects: [{ kind: 'unsubscribe' }] };
  if (event.kind === 'unwanted') return stepUnwanted(life, event.since);
  if (event.kind === 'broke') return stepBroke(life);
  if (event.kind === 'trimmed') return stepTrimmed(life, event.sources);
  switch (life.kind) {
    case 'opening':
      return event.kind === 'opened' ? opened(life, event) : unchanged(life);
    case 'copying':
      return stepCopying(life, event);
    case 'broken':
      return event.kind === 'pauseOver' ? born : unchanged(life);
    case 'loading':
      return stepLoading(life, event);
    case 'warming':
      if (event.kind === 'warmed') return still({ kind: 'ready', offset: life.offset });
      return event.kind === 'published' ? still({ ...life, offset: event.offset }) : unchanged(life);
    case 'ready':
      return event.kind === 'published' ? still({ ...life, offset: event.offset }) : unchanged(life);
    case 'draining':
    case 'lingering':
      return stepLeaving(life, event);
  }
}

function unchanged(life: Life): LifeStep {
  return still(life);
}

/** A state with nothing to be done. */
function still(life: Life): LifeStep {
  return { life, effects: [] };
}

function close(discard: boolean): LifeStep {
  const effects: LifeEffect[] = [{ kind: 'unsubscribe' }];
  if (discard) effects.push({ kind: 'discard' });
  return { life: { kind: 'closed' }, effects };
}

/** One that never answered is no loss. One that lingers drains again: those that had taken over are not there any more. */
function stepUnwanted(life: Life, since: number): LifeStep {
  if (life.kind === 'draining') return unchanged(life);
  if (life.kind === 'lingering') return still({ ...life, kind: 'draining' });
  return life.kind === 'ready' ? still({ kind: 'draining', offset: life.offset, since }) : close(true);
}

/** One that was on its way out need not come back, here and where the log has gone on without it. */
function stepBroke(life: Life): LifeStep {
  if (life.kind === 'draining' || life.kind === 'lingering') return close(true);
  return { life: { kind: 'broken' }, effects: [{ kind: 'unsubscribe' }, { kind: 'reopenLater' }] };
}

function stepTrimmed(life: Life, sources: readonly string[]): LifeStep {
  if (life.kind === 'draining' || life.kind === 'lingering') return close(true);
  if (life.kind !== 'loading' && life.kind !== 'warming' && life.kind !== 'ready') return unchanged(life);
  const { life: next, effects } = copyOutrun(sources);
  return { life: next, effects: [{ kind: 'unsubscribe' }, ...effects] };
}

/** The log has nothing for it: where nobody can give it, it is tried again. */
function copyOutrun([from, ...untried]: readonly string[]): LifeStep {
  if (from === undefined) return { life: { kind: 'broken' }, effects: [{ kind: 'reopenLater' }] };
  return { life: { kind: 'copying', from, untried, outrun: true }, effects: [{ kind: 'copy', from }] };
}

function opened({ untried }: Opening, { offset, complete, sources }: LifeEvent & { kind: 'opened' }): LifeStep {
  const candidates = untried ?? sources;
  const isEmpty = offset === -1 && !complete;
  return isEmpty ? copyOrLoad(candidates) : load(offset, complete);
}

function copyOrLoad(candidates: readonly string[]): LifeStep {
  const [from, ...untried] = candidates;
  if (from === undefined) return load(-1, false);
  return { life: { kind: 'copying', from, untried, outrun: false }, effects: [{ kind: 'copy', from }] };
}

function load(offset: number, complete: boolean): LifeStep {
  return {
    life: { kind: 'loading', offset, found: offset, complete, head: null },
    effects: [{ kind: 'subscribe', from: offset + 1 }, { kind: 'readHead' }],
  };
}

function stepCopying(life: Copying, event: LifeEvent): LifeStep {
  if (event.kind === 'copyFailed') return life.outrun ? copyOutrun(life.untried) : copyOrLoad(life.untried);
  if (event.kind !== 'copied') return unchanged(life);
  return { life: { kind: 'opening', untried: life.untried }, effects: [{ kind: 'open' }] };
}

function stepLoading(life: Loading, event: LifeEvent): LifeStep {
  if (event.kind === 'published') return settle({ ...life, offset: event.offset });
  if (event.kind === 'headRead') return event.head < life.found ? ahead : settle({ ...life, head: event.head });
  if (event.kind === 'stopped') return warm(life.offset);
  if (event.kind !== 'headFailed') return unchanged(life);
  return life.complete ? warm(life.offset) : { life, effects: [{ kind: 'readHeadLater' }] };
}

function settle(life: Loading): LifeStep {
  return life.head !== null && life.offset >= life.head ? warm(life.offset) : unchanged(life);
}

function warm(offset: number): LifeStep {
  return { life: { kind: 'warming', offset }, effects: [{ kind: 'warm' }] };
}

function stepLeaving(life: Life & { kind: 'draining' | 'lingering' }, event: LifeEvent): LifeStep {
  if (event.kind === 'published') return still({ ...life, offset: event.offset });
  if (event.kind === 'wanted') return still({ kind: 'ready', offset: life.offset });
  if (life.kind === 'lingering') return event.kind === 'lingered' ? close(true) : unchanged(life);
  return event.kind === 'handedOver'
    ? { life: { ...life, kind: 'lingering' }, effects: [{ kind: 'linger' }] }
    : unchanged(life);
}
