import type { SheafError } from '../../shared/errors.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';

/** Makes an error that says where in the request the fault is. */
export type MakeFault = (code: ErrorCode, detail: Readonly<Record<string, unknown>>) => SheafError;

/** Counts the leaf clauses of one query, over all its parts, up to `limits.queryClausesMax`. */
export class ClauseBudget {
  private spent = 0;

  /** @throws SheafError QUERY_TOO_MANY_CLAUSES made by `fault` */
  spend(count: number, fault: MakeFault): void {
    this.spent += count;
    if (this.spent <= limits.queryClausesMax) return;
    throw fault('QUERY_TOO_MANY_CLAUSES', { limit: limits.queryClausesMax, actual: this.spent });
  }
}
