/**
 * The leases there are: entries in, leases out, the same for every reader. Knows no time: that a lease has expired is for
 * a taker to know, and what makes its entry valid is that nothing was renewed since. Pure.
 */
import { SheafError } from '../errors.ts';
import { limits } from '../limits.ts';
import { keeperLease, type Lease, type LeaseEntry, type RevisionOf, type TokenOf } from './lease-entry.ts';

const none: readonly string[] = [];

export class LeaseTable {
  /** The last offset that was read, −1 at the beginning. */
  offset = -1;
  /** Entries read since the last checkpoint. */
  sinceCheckpoint = 0;
  private readonly leases = new Map<string, Lease>();
  /** False until all leases are known: where the partition was trimmed, they are in its first entry. */
  private isKnown: boolean;

  /** @param isWhole whether it reads the partition from its first entry on */
  constructor(isWhole: boolean) {
    this.isKnown = isWhole;
  }

  get size(): number {
    return this.leases.size;
  }

  get(name: string): Lease | undefined {
    return this.leases.get(name);
  }

  /** Whether a lease of this name, which is free, cannot be taken. */
  isFullFor(name: string): boolean {
    return this.leases.size >= limits.leasesMax && !this.leases.has(name) && name !== keeperLease;
  }

  /** In no order that means anything. */
  all(): Lease[] {
    return [...this.leases.values()];
  }

  /** What the entries of a batch do not tell: that the offsets up to this one are passed. */
  pass(offset: number): void {
    this.offset = offset;
  }

  /** @throws SheafError BATCH_INVALID where the first entry after a trim does not tell what leases there are */
  checkFirst(entry: LeaseEntry): void {
    if (this.isKnown || entry.entry === 'checkpoint') return;
    throw new SheafError('BATCH_INVALID', { detail: { reason: 'no checkpoint stands where the leases were trimmed' } });
  }

  /**
   * Takes the next entry, which stands at `offset`.
   * @returns the names of the leases that were taken, renewed or ended by it, or of a checkpoint that was found right all
   *   that it has; none where it is not valid: an entry that came too late, or twice, changes nothing
   */
  apply(offset: number, entry: LeaseEntry): readonly string[] {
    this.checkFirst(entry);
    const before = this.offset;
    this.offset = offset;
    this.sinceCheckpoint++;
    switch (entry.entry) {
      case 'take':
        return this.take(offset, entry);
      case 'renew':
        return entry.leases.filter((of) => this.renew(offset, entry.holder, of)).map(([name]) => name);
      case 'release':
        return entry.leases.filter((of) => this.release(entry.holder, of)).map(([name]) => name);
      case 'expire':
        return entry.leases.filter((of) => this.expire(of)).map(([name]) => name);
      case 'checkpoint':
        return this.checkpoint(before, entry);
    }
  }

  private take(offset: number, entry: Extract<LeaseEntry, { entry: 'take' }>): readonly string[] {
    const { name, holder, ttlMs, over } = entry;
    if ((this.leases.get(name)?.revision ?? -1) !== over || this.isFullFor(name)) return none;
    this.leases.set(name, { name, holder, token: offset, revision: offset, ttlMs });
    return [name];
  }

  private renew(offset: number, holder: string, of: TokenOf): boolean {
    const current = this.heldBy(holder, of);
    if (current === undefined) return false;
    this.leases.set(current.name, { ...current, revision: offset });
    return true;
  }

  private release(holder: string, of: TokenOf): boolean {
    const current = this.heldBy(holder, of);
    return current !== undefined && this.leases.delete(current.name);
  }

  private expire([name, revision]: RevisionOf): boolean {
    return this.leases.get(name)?.revision === revision && this.leases.delete(name);
  }

  /** It counts where it tells what this reader knows, or where this reader knows nothing yet. */
  private checkpoint(before: number, entry: Extract<LeaseEntry, { entry: 'checkpoint' }>): readonly string[] {
    if (this.isKnown && !(entry.upTo === before && this.holds(entry.leases))) return none;
    this.isKnown = true;
    this.sinceCheckpoint = 0;
    this.leases.clear();
    for (const lease of entry.leases) this.leases.set(lease.name, lease);
    return [...this.leases.keys()];
  }

  private heldBy(holder: string, [name, token]: TokenOf): Lease | undefined {
    const current = this.leases.get(name);
    return current?.holder === holder && current.token === token ? current : undefined;
  }

  private holds(leases: readonly Lease[]): boolean {
    return leases.length === this.leases.size && leases.every((lease) => isSame(lease, this.leases.get(lease.name)));
  }
}

function isSame(a: Lease, b: Lease | undefined): boolean {
  return a.holder === b?.holder && a.token === b.token && a.revision === b.revision && a.ttlMs === b.ttlMs;
}
