/** Whether a leaf that says who it is may be used. Pure. */
import { SheafError } from '../../shared/errors.ts';
import type { LeafReport } from '../../shared/protocol/reports.ts';
import { formatAddress, type Address } from '../../shared/transport/address.ts';

export interface Applicant {
  /** What discovery calls it; null where it has addresses only. */
  readonly expected: string | null;
  readonly address: Address;
}

/** Whoever has the name now. */
export interface Holder {
  readonly address: Address;
  /** Whether it is connected and was heard of lately. */
  readonly isHeard: boolean;
}

export interface AdmissionContext {
  readonly holder: Holder | null;
  /** Identity of the log of this root; null until it has met one. */
  readonly cluster: string | null;
}

/**
 * Null where the leaf may be used; else why not.
 *
 * Of two leaves with one name the first stays, as long as it is heard: a pod that was moved takes the place of one on a
 * machine that was lost.
 */
export function refusalOf(
  { leaf, cluster }: Pick<LeafReport, 'leaf' | 'cluster'>,
  { expected, address }: Applicant,
  context: AdmissionContext,
): SheafError | null {
  if (expected !== null && leaf !== expected) {
    return new SheafError('LEAF_MISNAMED', { detail: { address: formatAddress(address), expected, actual: leaf } });
  }
  if (cluster !== undefined && context.cluster !== null && cluster !== context.cluster) {
    return new SheafError('LEAF_FOREIGN', { detail: { leaf, expected: context.cluster, actual: cluster } });
  }
  if (context.holder?.isHeard === true) {
    const at = formatAddress(context.holder.address);
    return new SheafError('LEAF_NAME_TAKEN', { detail: { leaf, address: formatAddress(address), takenBy: at } });
  }
  return null;
}
