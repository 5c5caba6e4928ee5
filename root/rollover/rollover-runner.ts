/**
 * Rolls aliases when their policies say so, and deletes what they let go: one root of all does, which has the lease. That only spares the
 * others the same work: each entry is valid by what it names, whoever appends it and however late.
 */
import type { CatalogState } from '../../shared/catalog/catalog.ts';
import type { RolloverPolicy, TemplateDefinition } from '../../shared/catalog/definition.ts';
import type { Clock } from '../../shared/clock/clock.ts';
import { pause } from '../../shared/clock/pause.ts';
import type { Timers } from '../../shared/clock/timers.ts';
import { asSheafError, type SheafError } from '../../shared/errors.ts';
import type { HeldLease, Leases } from '../../shared/lease/leases.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';
import { dueBy } from './due.ts';
import { expiriesOf } from './expired.ts';
import { measure, type MeasureDependencies } from './measure.ts';
import { planRoll, rollAlias, type RollDependencies } from './roll-alias.ts';

export const rolloverLease = 'rollover';

/** Whoever waits goes on so long after the holder is gone. */
const leaseTtlMs = 5000;

export interface RolloverRunnerDependencies extends RollDependencies, Omit<MeasureDependencies, 'catalog'> {
  readonly leases: Leases;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly telemetry: Telemetry;
  readonly config: { readonly rolloverCheckMs: number };
}

export class RolloverRunner {
  private readonly root: RolloverRunnerDependencies;
  private readonly closing = new AbortController();
  private readonly failed = new Map<string, SheafError>();

  constructor(root: RolloverRunnerDependencies) {
    this.root = root;
    void this.run();
  }

  /** Why this root could not do what the policy of an alias says, when it last tried; undefined where it could, and where others try. */
  problemOf(alias: string): SheafError | undefined {
    return this.failed.get(alias);
  }

  /** Stops, and gives the lease free: another root goes on at once. */
  close(): void {
    this.closing.abort(new Error('the root is closed'));
  }

  private async run(): Promise<void> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      await this.pause();
      if (signal.aborted || policiesOf(this.root.catalog.state).length === 0) continue;
      try {
        const lease = await this.root.leases.acquire(rolloverLease, { ttlMs: leaseTtlMs, signal });
        try {
          await this.lookWhileHeld(lease);
        } finally {
          lease.release();
          this.failed.clear();
        }
      } catch (error) {
        if (!signal.aborted) this.root.telemetry.debug({ err: asSheafError(error) }, 'aliases are rolled by no lease');
      }
    }
  }

  private async lookWhileHeld(lease: HeldLease): Promise<void> {
    for (;;) {
      const policies = policiesOf(this.root.catalog.state);
      if (policies.length === 0) return;
      for (const policy of policies) {
        if (!lease.isHeld() || this.closing.signal.aborted) return;
        await this.follow(policy);
      }
      await this.pause();
    }
  }

  private async follow(policy: RolloverPolicy): Promise<void> {
    const { alias } = policy;
    try {
      await this.rollIfDue(policy);
      await this.deleteOldest(policy);
      this.failed.delete(alias);
    } catch (raw) {
      const error = asSheafError(raw);
      if (this.failed.get(alias)?.code !== error.code) {
        this.root.telemetry.warn({ alias, error: error.toBody() }, 'the policy of an alias could not be followed');
      }
      this.failed.set(alias, error);
    }
  }

  private async rollIfDue(policy: RolloverPolicy): Promise<void> {
    const { root } = this;
    const { alias } = policy;
    if (root.catalog.state.aliases.get(alias) === undefined) return;
    const due = dueBy(measure(root, policy).conditions);
    if (due === null) return;
    const planned = planRoll(root, alias);
    const isRolled = await rollAlias(root, planned);
    const { from, to } = planned;
    if (isRolled) root.telemetry.info({ alias, from: from.name, to, by: due.condition }, 'an alias was rolled');
  }

  /** One at a time, so that whatever is wrong about the time of day does not take all of them at once. */
  private async deleteOldest(policy: RolloverPolicy): Promise<void> {
    const { root } = this;
    const alias = root.catalog.state.aliases.get(policy.alias);
    const [oldest] = alias === undefined ? [] : expiriesOf(alias, policy);
    if (oldest === undefined || oldest.atMs > root.timeOfDay()) return;
    const { index, id } = oldest.target;
    const offset = await root.catalog.append(index, { change: 'expire', id, alias: policy.alias });
    if (root.catalog.state.applied.includes(offset)) {
      root.telemetry.info({ alias: policy.alias, index }, 'an index was deleted by its age');
    }
  }

  private async pause(): Promise<void> {
    await pause(this.root.config.rolloverCheckMs, this.root, this.closing.signal);
  }
}

/** The policies that there are, by the names of their templates. */
export function policiesOf({ templates }: CatalogState): readonly RolloverPolicy[] {
  return templatesThatRoll({ templates }).map(({ rollover }) => rollover);
}

export function templatesThatRoll({
  templates,
}: Pick<CatalogState, 'templates'>): readonly (TemplateDefinition & { readonly rollover: RolloverPolicy })[] {
  return [...templates.values()]
    .filter((template): template is TemplateDefinition & { readonly rollover: RolloverPolicy } => {
      return template.rollover !== undefined;
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
