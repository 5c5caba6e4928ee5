/** What the reports of leaves say about asking an index for more. Pure. */
import type { LeafReport } from '../../shared/protocol/reports.ts';
import type { Pressure } from './admission.ts';

export type ReportedLoad = Pick<LeafReport, 'overloaded' | 'shedding'>;

/** A shard is under pressure when all its ready replicas are: where one is not, the choice of replicas avoids the others. */
export function pressureOn(
  owners: readonly (readonly string[])[],
  reports: ReadonlyMap<string, ReportedLoad>,
): Pressure {
  const isOn = (flag: keyof ReportedLoad): boolean => {
    const leaves = new Set([...reports].filter(([, report]) => report[flag] === true).map(([leaf]) => leaf));
    if (leaves.size === 0) return false;
    return owners.some((replicas) => replicas.length > 0 && replicas.every((leaf) => leaves.has(leaf)));
  };
  return { overloaded: isOn('overloaded'), shedding: isOn('shedding') };
}
