/** The leases of one process over a log. Touches the world through the log, the clock and the timers it is given. */
import type { Clock } from '../clock/clock.ts';
import type { Timers } from '../clock/timers.ts';
import { asSheafError, SheafError } from '../errors.ts';
import { BatchWriter, readEntries } from '../log/batch.ts';
import { followPartition } from '../log/follow.ts';
import { leasesPartition, type Log, type LogBatch, type Subscription } from '../log/log.ts';
import type { StopReport } from '../protocol/reports.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Token } from './fence.ts';
import { Holder, type HolderEffect, type Tenure } from './holder.ts';
import { isHolder, isName, isTtl, keeperLease, readLeaseEntry, writeLeaseEntry, type Lease } from './lease-entry.ts';

/** A lease that is held, or was. */
export interface HeldLease {
  readonly name: string;
  /** To be shown to the place that is changed: see fence.ts. */
  readonly token: Token;
  /** Aborted, with LEASE_LOST or what ended all leases as its reason, when it is held no more: stop then. */
  readonly signal: AbortSignal;
  /** Whether it may be acted on now. Asked before each act: a process that was paused is told of nothing else in time. */
  isHeld(): boolean;
  /** The token, where the lease is held. @throws SheafError LEASE_LOST */
  require(): Token;
  /** Gives it free at once; whoever acts under it has stopped before. */
  release(): void;
}

export interface LeasesOptions {
  readonly log: Log;
  /** Names this incarnation of the process, and no other ever. */
  readonly holder: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly telemetry: Telemetry;
  /** See HolderOptions. */
  readonly checkpointEvery?: number;
}

export interface Leases {
  /**
   * Waits for the lease and takes it. Nothing is read and nothing started before the first call.
   * @param options `ttlMs`: for how long it lasts without a renewal, leaseTtlMsMin to leaseTtlMsMax; it is renewed in a third
   *   of that, and whoever waits takes it so long after a holder that is gone
   * @throws SheafError LEASES_TOO_MANY; LOG_REPLACED for good once the log was found to be another than before; LEASE_LOST
   *   where these leases were closed; the reason of the signal
   */
  acquire(name: string, options: { readonly ttlMs: number; readonly signal?: AbortSignal }): Promise<HeldLease>;
  /** The leases that this process knows of, whoever holds them; null as long as it has not asked for any. */
  all(): readonly Lease[] | null;
  /** Before which entry of the log it stands still, and therefore neither takes nor renews; null where it reads on. */
  readonly stopped: StopReport | null;
  /** Gives free what is held, and reads no more. */
  close(): void;
}

/** Begins nothing. @throws RangeError for a name of a holder that cannot be */
export function openLeases(options: LeasesOptions): Leases {
  return new LeaseClient(options);
}

interface Waiting {
  readonly resolve: (lease: HeldLease) => void;
  readonly reject: (error: Error) => void;
}

const askTimeoutMs = 2000;
const askAgainMs = 500;

class LeaseClient implements Leases {
  private readonly options: LeasesOptions;
  private readonly holder: Holder;
  private readonly waiting = new Map<string, Waiting>();
  private readonly held = new Map<Tenure, AbortController>();
  private subscription: Subscription | null = null;
  private alarm: { readonly cancel: () => void } | null = null;
  private logIdentity = '';
  private started = false;
  private stop: StopReport | null = null;
  /** Why there are no leases any more. */
  private over: SheafError | null = null;

  constructor(options: LeasesOptions) {
    if (!isHolder(options.holder)) throw new RangeError(`a holder named ${JSON.stringify(options.holder)}`);
    this.options = options;
    this.holder = new Holder(options);
  }

  get stopped(): StopReport | null {
    return this.stop;
  }

  all(): readonly Lease[] | null {
    return this.holder.leases?.all() ?? null;
  }

  async acquire(
    name: string,
    { ttlMs, signal }: { readonly ttlMs: number; readonly signal?: AbortSignal },
  ): Promise<HeldLease> {
    if (!isName(name) || name === keeperLease) throw new RangeError(`a lease named ${JSON.stringify(name)}`);
    if (!isTtl(ttlMs)) throw new RangeError(`a lease of ${String(ttlMs)} ms`);
    if (this.over !== null) throw this.over;
    if (this.isWanted(name)) throw new RangeError(`${name} is held or waited for by this process already`);
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<HeldLease>();
    const abort = (): void => {
      this.waiting.delete(name);
      this.carryOut(this.holder.release(name));
      reject(signal!.reason as Error);
    };
    this.waiting.set(name, { resolve, reject });
    this.holder.want(name, ttlMs);
    signal?.addEventListener('abort', abort, { once: true });
    if (!this.started) void this.begin();
    this.settle();
    try {
      return await promise;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  close(): void {
    if (this.over !== null) return;
    for (const { name } of this.held.keys()) this.carryOut(this.holder.release(name));
    this.endAll(new SheafError('LEASE_LOST', { detail: { reason: 'the leases of this process were closed' } }));
  }

  private isWanted(name: string): boolean {
    return this.waiting.has(name) || [...this.held.keys()].some((tenure) => tenure.name === name);
  }

  /** From the earliest entry on. Asked until the log answers. */
  private async begin(): Promise<void> {
    this.started = true;
    while (this.over === null) {
      try {
        this.logIdentity = await this.options.log.identity({ timeoutMs: askTimeoutMs });
        const [earliest] = await this.options.log.earliest([leasesPartition], { timeoutMs: askTimeoutMs });
        return this.readFrom(earliest!);
      } catch (error) {
        this.options.telemetry.debug({ err: asSheafError(error) }, 'the log does not say where its leases begin');
        await this.pause();
      }
    }
  }

  private async pause(): Promise<void> {
    const { clock, timers } = this.options;
    await new Promise<void>((resolve) => void timers.at(clock.now() + askAgainMs, resolve));
  }

  private readFrom(earliest: number): void {
    if (this.over !== null) return;
    this.holder.begin(earliest === 0);
    this.subscription = followPartition(this.options.log, {
      partition: leasesPartition,
      from: earliest,
      onBatch: (batch) => this.read(batch),
      onRefused: (error) => this.refused(error),
      onStop: (stop) => {
        this.stop = stop;
        if (stop === null) this.options.telemetry.info('the leases are read on');
        else
          this.options.telemetry.error({ ...stop }, 'what is in the leases cannot be read: they stand still before it');
      },
    });
    this.settle();
  }

  private read({ firstOffset, count, bytes }: LogBatch): void {
    const entries = Array.from(readEntries(bytes), ({ kind, body }, i) => ({
      offset: firstOffset + i,
      entry: readLeaseEntry(kind, body),
    }));
    this.carryOut(this.holder.read(entries, firstOffset + count - 1, this.options.clock.now()));
    this.settle();
  }

  private refused(error: SheafError): void {
    this.subscription?.close();
    if (error.code === 'LOG_TRIMMED') {
      void this.begin();
      return;
    }
    this.options.telemetry.error({ err: error }, 'the log is not the one of before: all leases are gone');
    this.endAll(error);
  }

  private endAll(error: SheafError): void {
    this.over = error;
    this.alarm?.cancel();
    this.subscription?.close();
    this.carryOut(this.holder.end());
    for (const controller of this.held.values()) controller.abort(error);
    this.held.clear();
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }

  /** Does what is due, and sees to it that the next is done in time. */
  private settle(): void {
    if (this.over !== null) return;
    const { clock, timers } = this.options;
    this.carryOut(this.holder.wake(clock.now()));
    this.alarm?.cancel();
    const next = this.holder.nextWakeAtMs();
    this.alarm = next === Infinity ? null : timers.at(next, () => this.settle());
  }

  private carryOut(effects: readonly HolderEffect[]): void {
    for (const effect of effects) this.carryOutOne(effect);
  }

  private carryOutOne(effect: HolderEffect): void {
    const { log, telemetry } = this.options;
    switch (effect.kind) {
      case 'append':
        void this.append(effect);
        return;
      case 'held':
        return this.hold(effect.tenure);
      case 'lost': {
        const { name, token } = effect.tenure;
        telemetry.warn({ lease: name, token }, 'a lease was lost');
        const reason = this.over ?? new SheafError('LEASE_LOST', { detail: { name, token } });
        this.held.get(effect.tenure)?.abort(reason);
        this.held.delete(effect.tenure);
        return;
      }
      case 'refused':
        this.waiting.get(effect.name)?.reject(new SheafError('LEASES_TOO_MANY', { detail: { name: effect.name } }));
        this.waiting.delete(effect.name);
        return;
      case 'trim':
        // Where it does not come through, the next checkpoint is as good.
        log.trim(leasesPartition, effect.before).catch((error: unknown) => {
          telemetry.debug({ err: asSheafError(error) }, 'the leases were not trimmed');
        });
    }
  }

  private async append({ attempt, entries, timeoutMs }: Extract<HolderEffect, { kind: 'append' }>): Promise<void> {
    const { log, clock, telemetry } = this.options;
    const writer = new BatchWriter(-1);
    for (const entry of entries) writer.add('put', '', writeLeaseEntry(entry));
    const batch = { partition: leasesPartition, count: writer.count, bytes: writer.finish() };
    try {
      await log.append([batch], { timeoutMs });
    } catch (error) {
      if (this.over !== null) return;
      telemetry.debug({ err: asSheafError(error) }, 'an entry of leases was not acknowledged');
      this.holder.failed(attempt, clock.now());
      this.settle();
    }
  }

  private hold(tenure: Tenure): void {
    const { name } = tenure;
    const { clock, holder, telemetry } = this.options;
    const token: Token = { log: this.logIdentity, offset: tenure.token, holder };
    const controller = new AbortController();
    this.held.set(tenure, controller);
    telemetry.info({ lease: name, token: tenure.token }, 'a lease was taken');
    const isHeld = (): boolean => !tenure.ended && clock.now() < tenure.validUntilMs;
    const lease: HeldLease = {
      name,
      token,
      signal: controller.signal,
      isHeld,
      require: () => {
        if (isHeld()) return token;
        throw new SheafError('LEASE_LOST', { detail: { name, token: tenure.token } });
      },
      release: () => {
        if (!this.held.delete(tenure)) return;
        controller.abort(new SheafError('LEASE_LOST', { detail: { name, reason: 'it was released' } }));
        this.carryOut(this.holder.release(name));
        this.settle();
      },
    };
    const waiting = this.waiting.get(name);
    this.waiting.delete(name);
    waiting?.resolve(lease);
  }
}
