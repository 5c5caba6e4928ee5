/** A random log of puts, deletes and conditional changes, and the slow twin that says what each of its entries leaves. */
import { encodeChange, type Change, type Condition, type Operation } from '../../shared/judge/change.ts';
import { judge, type Outcome } from '../../shared/judge/judge.ts';
import { absent, deleteAt, putAt, type KeyState } from '../../shared/judge/key-state.ts';
import { BatchWriter } from '../../shared/log/batch.ts';
import type { Random } from '../../shared/random/random.ts';
import type { Retention } from '../keys/key-history.ts';
import type { OffsetBatch } from './pending.ts';

export type LogEntry = { readonly key: string } & (
  | { readonly kind: 'put'; readonly source: Uint8Array }
  | { readonly kind: 'delete' }
  | { readonly kind: 'judged'; readonly change: Change }
);

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

/** @param head the last offset there is: conditions name some before it */
export function randomEntry(random: Random, keys: readonly string[], head: number): LogEntry {
  const key = random.pick(keys);
  const source = json({ n: random.integer(0, 9), [random.pick(['x', 'y'])]: random.integer(0, 3) });
  const draw = random.integer(0, 9);
  if (draw < 3) return { kind: 'put', key, source };
  if (draw < 5) return { kind: 'delete', key };
  if (draw === 9) return { kind: 'judged', key, change: copyChange(random, source, head) };
  const change = { condition: condition(random, head), operation: operation(random, source) };
  if (change.operation.kind === 'patch' || random.chance(0.7)) return { kind: 'judged', key, change };
  const version = random.chance(0.02) ? Number.MAX_SAFE_INTEGER : random.integer(1, 12);
  return { kind: 'judged', key, change: { ...change, condition: { kind: 'newer', version } } };
}

/** A copy, or the delete of one. */
function copyChange(random: Random, source: Uint8Array, head: number): Change {
  const since = Math.max(-1, head - random.integer(0, 20));
  const said: Condition = { kind: 'copy', origin: random.integer(1, 2), version: random.integer(1, 60), since };
  return { condition: said, operation: random.chance(0.6) ? { kind: 'put', source } : { kind: 'delete' } };
}

function condition(random: Random, head: number): Condition {
  const sequence = Math.max(0, head - random.integer(0, 8));
  return random.pick<Condition>([
    { kind: 'none' },
    { kind: 'none' },
    { kind: 'absent' },
    { kind: 'exists' },
    { kind: 'sequence', sequence },
  ]);
}

function operation(random: Random, source: Uint8Array): Operation {
  if (random.chance(0.25)) return { kind: 'delete' };
  if (random.chance(0.4)) return { kind: 'put', source };
  const partial = json(random.chance(0.5) ? { n: random.integer(0, 9) } : { x: random.pick([null, 0, 1]) });
  return {
    kind: 'patch',
    partial,
    nulls: random.pick(['kept', 'removed']),
    upsert: random.chance(0.3) ? source : null,
    detectNoop: random.chance(0.7),
  };
}

export function batchOf(firstOffset: number, entries: readonly LogEntry[]): OffsetBatch {
  const writer = new BatchWriter(-1);
  for (const entry of entries) {
    if (entry.kind === 'delete') writer.add('delete', entry.key);
    else if (entry.kind === 'put') writer.add('put', entry.key, entry.source);
    else writer.add('judged', entry.key, encodeChange(entry.change));
  }
  return { firstOffset, count: entries.length, bytes: writer.finish() };
}

/** What there is after all entries up to an offset. */
export interface TwinState {
  readonly documents: ReadonlyMap<
    string,
    { readonly version: number; readonly sequence: number; readonly source: string }
  >;
  /** All that are to be remembered, in the order of the log. */
  readonly outcomes: readonly (readonly [offset: number, outcome: Outcome])[];
}

/** Judges entry by entry, each by the state of its key, and forgets tombstones by counting. */
export class SlowTwin {
  private readonly retention: Retention;
  private readonly states = new Map<string, KeyState>();
  /** Log offsets of the entries that left a tombstone. */
  private readonly deletedAt: number[] = [];
  private readonly outcomes: (readonly [number, Outcome])[] = [];

  constructor(retention: Retention) {
    this.retention = retention;
  }

  take(offset: number, entry: LogEntry): void {
    const before = this.known(this.states.get(entry.key) ?? absent, offset);
    const after = this.apply(before, offset, entry);
    if (after !== before && after.kind === 'deleted') this.deletedAt.push(offset);
    this.states.set(entry.key, after);
  }

  state(): TwinState {
    const documents = new Map<string, { version: number; sequence: number; source: string }>();
    for (const [key, state] of this.states) {
      if (state.kind !== 'live') continue;
      const { version, sequence } = state;
      documents.set(key, { version, sequence, source: Buffer.from(state.source()).toString() });
    }
    return { documents, outcomes: this.outcomes.slice(-this.retention.outcomesMax) };
  }

  private known(state: KeyState, offset: number): KeyState {
    if (state.kind !== 'deleted') return state;
    const since = this.deletedAt.filter((at) => at > state.sequence).length;
    return offset - state.sequence <= this.retention.offsetsMax && since < this.retention.deletionsMax ? state : absent;
  }

  private apply(before: KeyState, offset: number, entry: LogEntry): KeyState {
    if (entry.kind === 'put') return putAt(before, () => entry.source, offset);
    if (entry.kind === 'delete') return deleteAt(before, offset);
    const { outcome, after } = judge(before, entry.change, offset);
    this.outcomes.push([offset, outcome]);
    return after;
  }
}
