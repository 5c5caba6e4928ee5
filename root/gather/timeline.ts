/**
 * The timeline of one query: what was sent to whom and why, and what became of it. Microseconds from the arrival of the
 * request, on the root's clock; what a leaf says of itself is a duration on its own. Pure.
 */
import type { AttemptEvent, AttemptObserver } from '../scatter/observe.ts';

export interface RenderedAttempt {
  readonly attempt: number;
  readonly leaf: string;
  readonly shards: readonly number[];
  /** Why it was made, and what was known of the leaf when it was chosen. */
  readonly reason: 'first' | 'retry' | 'hedge';
  readonly choice: { readonly inFlight: number; readonly latencyUs: number; readonly condition: string };
  readonly sentUs: number;
  /** Time on the leaf, waiting and working; null when it did not answer. */
  readonly queuedUs: number | null;
  readonly executedUs: number | null;
  readonly receivedUs: number | null;
  /** Of the sources in the answer. */
  readonly bytes: number | null;
  /** `taken`: its answer counts. `lost`: others were faster. `late`: time was over. Else the code of a failure. */
  readonly outcome: string;
  readonly endedUs: number | null;
  /** Shards that the leaf could not answer for. */
  readonly failed?: readonly number[];
}

export interface RenderedRound {
  /** Where several were searched. */
  readonly index?: string;
  readonly round: string;
  readonly beganUs: number;
  readonly attempts: readonly RenderedAttempt[];
}

export interface RenderedTimeline {
  readonly rounds: readonly RenderedRound[];
  /** The merge began when the last round had ended; what follows the answer is the writing of HTTP. */
  readonly mergeBeganUs: number;
  readonly answeredUs: number;
}

interface Round {
  readonly name: string;
  readonly beganAt: number;
  readonly events: AttemptEvent[];
}

export class Timeline {
  private readonly arrivedAt: number;
  private readonly rounds: Round[] = [];

  constructor(arrivedAt: number) {
    this.arrivedAt = arrivedAt;
  }

  /** Begins a round; what is returned is an option of it. */
  round(name: string, now: number): { readonly observe: AttemptObserver } {
    const round: Round = { name, beganAt: now, events: [] };
    this.rounds.push(round);
    return { observe: (event) => round.events.push(event) };
  }

  render(mergeBeganAt: number, answeredAt: number): RenderedTimeline {
    return {
      rounds: this.rounds.map(({ name, beganAt, events }) => ({
        round: name,
        beganUs: this.micros(beganAt),
        attempts: events
          .filter((event) => event.kind === 'sent')
          .map((sent) =>
            this.renderAttempt(
              sent,
              events.filter(({ attempt }) => attempt === sent.attempt),
            ),
          ),
      })),
      mergeBeganUs: this.micros(mergeBeganAt),
      answeredUs: this.micros(answeredAt),
    };
  }

  private renderAttempt(sent: AttemptEvent & { kind: 'sent' }, events: readonly AttemptEvent[]): RenderedAttempt {
    const received = events.find((event) => event.kind === 'received');
    const end = events.findLast(({ kind }) => kind !== 'sent' && kind !== 'received');
    const failed = received?.failed ?? [];
    const { name, inFlight, latencyMs, condition } = sent.leaf;
    return {
      attempt: sent.attempt,
      leaf: name,
      shards: sent.shards,
      reason: sent.reason,
      choice: { inFlight, latencyUs: Math.round(latencyMs * 1000), condition },
      sentUs: this.micros(sent.at),
      queuedUs: received?.timing?.queuedUs ?? null,
      executedUs: received?.timing?.executedUs ?? null,
      receivedUs: received === undefined ? null : this.micros(received.at),
      bytes: received?.bytes ?? null,
      outcome: outcomeOf(end, received !== undefined),
      endedUs: end === undefined ? null : this.micros(end.at),
      ...(failed.length === 0 ? {} : { failed }),
    };
  }

  private micros(at: number): number {
    return Math.round((at - this.arrivedAt) * 1000);
  }
}

/** An answer that came whole but was not needed, since others had answered for its shards, has lost too. */
function outcomeOf(end: AttemptEvent | undefined, isAnswered: boolean): string {
  switch (end?.kind) {
    case 'taken':
      return 'taken';
    case 'failed':
      return end.code;
    case 'cancelled':
      return end.why;
    case 'sent':
    case 'received':
    case undefined:
      return isAnswered ? 'lost' : 'open';
  }
}
