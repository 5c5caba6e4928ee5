/**
 * One process that takes, renews and releases leases: what it has read and what time it is in, what is to be appended
 * out. No I/O, and no clock but the one it is told. The README says why at most one holder acts.
 */
import { limits } from '../limits.ts';
import { deadAtMs, keeperEntry, keeperTtlMs } from './keeper.ts';
import { keeperLease, type LeaseEntry, type TokenOf } from './lease-entry.ts';
import { LeaseTable } from './lease-table.ts';

/** A holder's time with a lease, from when it took it. */
export interface Tenure {
  readonly name: string;
  readonly ttlMs: number;
  /** See Lease.token. */
  readonly token: number;
  /** On the holder's clock: it acts only before. */
  validUntilMs: number;
  /** Released or lost, whatever the clock says. */
  ended: boolean;
}

export type HolderEffect =
  /** One append. Where it is not acknowledged, `failed` is told. */
  | {
      readonly kind: 'append';
      readonly attempt: number;
      readonly entries: readonly LeaseEntry[];
      readonly timeoutMs: number;
    }
  | { readonly kind: 'held'; readonly tenure: Tenure }
  | { readonly kind: 'lost'; readonly tenure: Tenure }
  /** There are as many leases as there may be, and none of this name. */
  | { readonly kind: 'refused'; readonly name: string }
  /** What stands before this offset in the partition of leases is to be trimmed. */
  | { readonly kind: 'trim'; readonly before: number };

/** An entry of the log with its offset. */
export interface PlacedEntry {
  readonly offset: number;
  readonly entry: LeaseEntry;
}

/** A lease that is held, or to be held. */
interface Want {
  readonly name: string;
  readonly ttlMs: number;
  tenure: Tenure | null;
  /** The append that takes or renews it, until it is read or has failed. */
  attempt: number | null;
  /** Nothing is appended for it before. */
  notBeforeMs: number;
}

export interface HolderOptions {
  /** Names this incarnation of the process, and no other ever. */
  readonly holder: string;
  /** Entries after which a checkpoint is written and what is before it trimmed. */
  readonly checkpointEvery?: number;
}

/** Of the time of a lease: how far the clocks of two processes may be apart at its end, having run since its renewal. */
const marginShare = 0.1;
/** Of the time of a lease: when it is renewed, and how long after a failure that is tried again. */
const renewShare = 1 / 3;
const retryShare = 0.1;
const checkpointEveryDefault = 1000;

export class Holder {
  private readonly holder: string;
  private readonly checkpointEvery: number;
  private readonly wants = new Map<string, Want>();
  /** When each append that may yet be read was begun, by its number. */
  private readonly begunAtMs = new Map<number, number>();
  /** When this process saw the last renewal of each lease. */
  private readonly seenAtMs = new Map<string, number>();
  private table: LeaseTable | null = null;
  private lastAttempt = 0;
  /** The append of a keeper that is under way, and when it may begin the next. */
  private keeping: number | null = null;
  private keepNotBeforeMs = -Infinity;
  /** No lease is dead before. */
  private noneDeadBeforeMs = Infinity;

  constructor({ holder, checkpointEvery = checkpointEveryDefault }: HolderOptions) {
    this.holder = holder;
    this.checkpointEvery = checkpointEvery;
  }

  /** What has been read; null before it begins. */
  get leases(): LeaseTable | null {
    return this.table;
  }

  /** Reads anew, from the first entry that there is. @param isWhole whether that is the first there ever was */
  begin(isWhole: boolean): void {
    this.table = new LeaseTable(isWhole);
    this.seenAtMs.clear();
    this.noneDeadBeforeMs = Infinity;
    // What became of them may stand in what was trimmed.
    for (const want of this.wants.values()) want.attempt = null;
    this.keeping = null;
  }

  /** Wants to hold a lease from now on: `held` or `refused` follows. Wanted already, it changes nothing. */
  want(name: string, ttlMs: number): void {
    if (this.wants.has(name)) return;
    this.wants.set(name, { name, ttlMs, tenure: null, attempt: null, notBeforeMs: -Infinity });
  }

  /** Wants it no more: where it is held it is given free. */
  release(name: string): readonly HolderEffect[] {
    const tenure = this.drop(name);
    return tenure === null ? [] : this.give([name, tenure.token]);
  }

  /** This is not the log of before: nothing is held any more, and nothing wanted. */
  end(): readonly HolderEffect[] {
    this.table = null;
    return withoutKeeper([...this.wants.keys()].flatMap((name) => this.lose(name)));
  }

  /** Takes the entries of one batch, and passes its last offset. @throws SheafError BATCH_INVALID, with none taken */
  read(entries: readonly PlacedEntry[], lastOffset: number, nowMs: number): readonly HolderEffect[] {
    const { table } = this;
    if (table === null) return [];
    if (entries[0] !== undefined) table.checkFirst(entries[0].entry);
    const effects = entries.flatMap((placed) => this.readEntry(table, placed, nowMs));
    table.pass(lastOffset);
    return withoutKeeper(effects);
  }

  /** An append was not acknowledged. It may be recorded all the same, and is read then. */
  failed(attempt: number, nowMs: number): void {
    for (const want of this.wants.values()) {
      if (want.attempt !== attempt) continue;
      want.attempt = null;
      want.notBeforeMs = nowMs + want.ttlMs * retryShare;
    }
    if (this.keeping === attempt) this.keepLater(nowMs);
  }

  /** Does what is due by now. */
  wake(nowMs: number): readonly HolderEffect[] {
    const overdue = [...this.wants.values()].filter(({ tenure }) => tenure !== null && nowMs >= tenure.validUntilMs);
    const lost = overdue.flatMap(({ name }) => this.lose(name));
    const { table } = this;
    if (table === null) return withoutKeeper(lost);
    if (this.isKeepingDue(table, nowMs)) this.want(keeperLease, keeperTtlMs);
    return withoutKeeper([...lost, ...this.appendDue(table, nowMs), ...this.keep(table, nowMs)]);
  }

  /** When to wake it next, as far as is known; Infinity where nothing is to be done. */
  nextWakeAtMs(): number {
    let next = this.mayKeep() ? this.keepNotBeforeMs : Infinity;
    // Whoever wants to keep the partition is woken for that.
    if (this.table !== null && !this.wants.has(keeperLease)) next = Math.min(next, this.noneDeadBeforeMs);
    for (const want of this.wants.values()) {
      if (want.tenure !== null) next = Math.min(next, want.tenure.validUntilMs);
      if (want.attempt === null && this.table !== null) next = Math.min(next, this.dueAtMs(want, this.table));
    }
    return next;
  }

  /** Takes and renews what is due, in one append. */
  private appendDue(table: LeaseTable, nowMs: number): readonly HolderEffect[] {
    const wants = [...this.wants.values()];
    const due = wants.filter((want) => want.attempt === null && nowMs >= this.dueAtMs(want, table));
    const refused = due.filter(({ name, tenure }) => tenure === null && table.isFullFor(name));
    for (const { name } of refused) this.wants.delete(name);
    const effects: HolderEffect[] = refused.map(({ name }) => ({ kind: 'refused', name }));
    const taken = due.filter(({ name, tenure }) => tenure === null && this.wants.has(name));
    const renews = due.some(({ tenure }) => tenure !== null);
    const renewed = renews ? wants.filter((want) => isRenewedWith(want, nowMs)) : [];
    const all = [...taken, ...renewed];
    if (all.length === 0) return effects;
    const { holder } = this;
    const attempt = this.beginAttempt(nowMs);
    for (const want of all) want.attempt = attempt;
    const entries: LeaseEntry[] = taken.map(({ name, ttlMs }) => {
      return { entry: 'take', name, holder, attempt, ttlMs, over: table.get(name)?.revision ?? -1 };
    });
    const tokens = renewed.map(({ name, tenure }): TokenOf => [name, tenure!.token]);
    for (let at = 0; at < tokens.length; at += limits.leasesPerEntryMax) {
      entries.push({ entry: 'renew', holder, attempt, leases: tokens.slice(at, at + limits.leasesPerEntryMax) });
    }
    const timeoutMs = Math.min(...all.map(({ ttlMs }) => ttlMs)) * renewShare;
    return [...effects, { kind: 'append', attempt, entries, timeoutMs }];
  }

  /** Whether the partition is long, or has leases that nobody renews or takes. Looks at all of them only once one may be dead. */
  private isKeepingDue(table: LeaseTable, nowMs: number): boolean {
    if (table.sinceCheckpoint >= this.checkpointEvery) return true;
    if (nowMs < this.noneDeadBeforeMs) return false;
    this.noneDeadBeforeMs = Infinity;
    for (const lease of table.all())
      this.noneDeadBeforeMs = Math.min(this.noneDeadBeforeMs, deadAtMs(lease, this.seenAtMs.get(lease.name)!));
    return nowMs >= this.noneDeadBeforeMs;
  }

  private keep(table: LeaseTable, nowMs: number): readonly HolderEffect[] {
    if (!this.mayKeep() || nowMs < this.keepNotBeforeMs) return [];
    const { holder, checkpointEvery } = this;
    const attempt = this.beginAttempt(nowMs);
    const entry = keeperEntry(table, this.seenAtMs, { holder, attempt, nowMs, checkpointEvery });
    if (entry === null) return this.release(keeperLease);
    this.keeping = attempt;
    return [{ kind: 'append', attempt, entries: [entry], timeoutMs: keeperTtlMs * renewShare }];
  }

  /** Whatever stands between a checkpoint and what it tells of makes it void: so not while anything else is under way. */
  private mayKeep(): boolean {
    const isKeeper = this.tenureOf(keeperLease) !== null;
    return isKeeper && this.keeping === null && [...this.wants.values()].every(({ attempt }) => attempt === null);
  }

  private keepLater(nowMs: number): void {
    this.keeping = null;
    this.keepNotBeforeMs = nowMs + keeperTtlMs * retryShare;
  }

  private readEntry(table: LeaseTable, { offset, entry }: PlacedEntry, nowMs: number): readonly HolderEffect[] {
    const changed = table.apply(offset, entry);
    for (const name of changed) {
      const lease = table.get(name);
      if (lease === undefined) this.seenAtMs.delete(name);
      else this.seenAtMs.set(name, nowMs);
      if (lease !== undefined) this.noneDeadBeforeMs = Math.min(this.noneDeadBeforeMs, deadAtMs(lease, nowMs));
    }
    const effects = changed.flatMap((name) => this.loseWhatIsTaken(table, name));
    // Somebody else has kept the partition: there is nothing to be done in it for now.
    const isWaiting = this.wants.get(keeperLease)?.tenure === null;
    if (isWaiting && changed.length > 0 && !this.isKeepingDue(table, nowMs)) this.wants.delete(keeperLease);
    if (entry.entry === 'release' || entry.holder !== this.holder) return effects;
    switch (entry.entry) {
      case 'take':
        return [...effects, ...this.takeRead(offset, entry, changed.length > 0, nowMs)];
      case 'renew':
        for (const [name] of entry.leases) this.renewRead(table, name, entry.attempt, nowMs);
        return effects;
      case 'expire':
        if (this.keeping === entry.attempt) this.keeping = null;
        return effects;
      case 'checkpoint':
        return [...effects, ...this.checkpointRead(table, offset, entry.attempt, nowMs)];
    }
  }

  private loseWhatIsTaken(table: LeaseTable, name: string): readonly HolderEffect[] {
    const tenure = this.tenureOf(name);
    const lease = table.get(name);
    if (tenure === null || (lease?.holder === this.holder && lease.token === tenure.token)) return [];
    return this.lose(name);
  }

  private takeRead(
    offset: number,
    { name, attempt, ttlMs }: Extract<LeaseEntry, { entry: 'take' }>,
    isTaken: boolean,
    nowMs: number,
  ): readonly HolderEffect[] {
    const want = this.settle(name, attempt);
    if (!isTaken) return [];
    // Not wanted any more by the time that it is there.
    if (want === undefined) return this.give([name, offset]);
    const validUntilMs = this.validUntilMs(attempt, ttlMs);
    // So late that it is over: it is taken anew, over itself.
    if (nowMs >= validUntilMs) return [];
    want.tenure = { name, ttlMs, token: offset, validUntilMs, ended: false };
    want.notBeforeMs = this.begunAtMs.get(attempt)! + ttlMs * renewShare;
    return [{ kind: 'held', tenure: want.tenure }];
  }

  private renewRead(table: LeaseTable, name: string, attempt: number, nowMs: number): void {
    const want = this.settle(name, attempt);
    const tenure = want?.tenure ?? null;
    if (want === undefined || tenure === null || table.get(name)?.token !== tenure.token) return;
    // Whoever has looked since has stopped: it is lost, and nothing brings it back.
    if (nowMs >= tenure.validUntilMs) return;
    const validUntilMs = this.validUntilMs(attempt, tenure.ttlMs);
    if (validUntilMs <= tenure.validUntilMs) return;
    tenure.validUntilMs = validUntilMs;
    want.notBeforeMs = this.begunAtMs.get(attempt)! + tenure.ttlMs * renewShare;
  }

  private checkpointRead(table: LeaseTable, offset: number, attempt: number, nowMs: number): readonly HolderEffect[] {
    if (this.keeping !== attempt) return [];
    this.keepLater(nowMs);
    if (table.sinceCheckpoint > 0) return [];
    return [{ kind: 'trim', before: offset }, ...this.release(keeperLease)];
  }

  /** An append for a lease has been read, so the next may begin. */
  private settle(name: string, attempt: number): Want | undefined {
    const want = this.wants.get(name);
    if (want?.attempt === attempt) want.attempt = null;
    return want;
  }

  /** Counted from before the append: whoever sees it cannot have seen it earlier. */
  private validUntilMs(attempt: number, ttlMs: number): number {
    return (this.begunAtMs.get(attempt) ?? -Infinity) + ttlMs * (1 - marginShare);
  }

  /** When something is to be appended for a lease. */
  private dueAtMs({ name, tenure, notBeforeMs }: Want, table: LeaseTable): number {
    const lease = table.get(name);
    if (tenure !== null || lease === undefined || lease.holder === this.holder) return notBeforeMs;
    return Math.max(notBeforeMs, this.seenAtMs.get(name)! + lease.ttlMs);
  }

  /** Tried once: where it does not come through, the lease expires. */
  private give(of: TokenOf): readonly HolderEffect[] {
    const entries: LeaseEntry[] = [{ entry: 'release', holder: this.holder, leases: [of] }];
    return [{ kind: 'append', attempt: ++this.lastAttempt, entries, timeoutMs: keeperTtlMs }];
  }

  private beginAttempt(nowMs: number): number {
    const attempt = ++this.lastAttempt;
    this.begunAtMs.set(attempt, nowMs);
    for (const [old, atMs] of this.begunAtMs) {
      if (nowMs - atMs <= limits.leaseTtlMsMax) break;
      this.begunAtMs.delete(old);
    }
    return attempt;
  }

  private lose(name: string): readonly HolderEffect[] {
    const tenure = this.drop(name);
    return tenure === null ? [] : [{ kind: 'lost', tenure }];
  }

  private tenureOf(name: string): Tenure | null {
    return this.wants.get(name)?.tenure ?? null;
  }

  private drop(name: string): Tenure | null {
    const tenure = this.tenureOf(name);
    this.wants.delete(name);
    if (tenure !== null) tenure.ended = true;
    return tenure;
  }
}

/** Soon due itself, and so renewed in the same entry. */
function isRenewedWith({ tenure, attempt, notBeforeMs, ttlMs }: Want, nowMs: number): boolean {
  return tenure !== null && attempt === null && notBeforeMs - nowMs <= (ttlMs * renewShare) / 2;
}

/** Nobody outside has asked for the lease of the keeper. */
function withoutKeeper(effects: readonly HolderEffect[]): readonly HolderEffect[] {
  return effects.filter((effect) => !('tenure' in effect && effect.tenure.name === keeperLease));
}
