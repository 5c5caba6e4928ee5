/** Bugs that the simulation of leases must find: as those of ../mutants.ts. */
import type { Mutant } from '../mutants.ts';

export const leaseMutants: readonly Mutant[] = [
  {
    name: 'the place does not look at tokens',
    file: 'shared/lease/fence.ts',
    from: 'if (current !== null && isBelow(token, current)) {',
    to: 'if (current === undefined) {',
  },
  {
    name: 'the same token in other hands is admitted',
    file: 'shared/lease/fence.ts',
    from: 'token.offset === highest.offset && token.holder !== highest.holder',
    to: 'false',
    foundBy: 1070,
  },
  {
    name: 'a holder counts from when it has read its renewal, not from before the append',
    file: 'shared/lease/holder.ts',
    from: 'const validUntilMs = this.validUntilMs(attempt, tenure.ttlMs);',
    to: 'const validUntilMs = Math.max(...this.begunAtMs.values(), this.seenAtMs.get(name)!) + tenure.ttlMs * (1 - marginShare);',
  },
  {
    name: 'a renewal brings back what was over',
    file: 'shared/lease/holder.ts',
    from: 'if (nowMs >= tenure.validUntilMs) return;',
    to: '',
    foundBy: 61_861,
  },
  {
    name: 'a taker counts from when the lease was taken, not from its last renewal',
    file: 'shared/lease/holder.ts',
    from: 'else this.seenAtMs.set(name, nowMs);',
    to: "else if (entry.entry !== 'renew') this.seenAtMs.set(name, nowMs);",
  },
  {
    name: 'a taker does not wait for the whole time',
    file: 'shared/lease/holder.ts',
    from: 'this.seenAtMs.get(name)! + lease.ttlMs)',
    to: 'this.seenAtMs.get(name)! + lease.ttlMs * 0.8)',
  },
  {
    name: 'a taker need not know the last renewal',
    file: 'shared/lease/lease-table.ts',
    from: 'if ((this.leases.get(name)?.revision ?? -1) !== over || this.isFullFor(name)) return none;',
    to: 'if (over < -1) return none;',
  },
  {
    name: 'who does not hold a lease can give it free',
    file: 'shared/lease/lease-table.ts',
    from: 'return current?.holder === holder && current.token === token ? current : undefined;',
    to: 'return current?.holder === holder && current.token === token ? current : token < 0 ? undefined : current;',
  },
  {
    name: 'a checkpoint counts whatever came between',
    file: 'shared/lease/lease-table.ts',
    from: 'if (this.isKnown && !(entry.upTo === before && this.holds(entry.leases))) return none;',
    to: '',
  },
  {
    name: 'a reader that begins at a checkpoint forgets what it tells',
    file: 'shared/lease/lease-table.ts',
    from: 'for (const lease of entry.leases) this.leases.set(lease.name, lease);',
    to: '',
  },
];
