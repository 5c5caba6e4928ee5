import type { SheafError } from '../../shared/errors.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';

/** Makes an error that says where in the request the fault is. */
export type MakeFault = (code: ErrorCode, detail: Readonly<Record<string, unknown>>) => SheafError;

/**
 * Counts the leaf clauses of one query, over all its parts, up to `limits.queryClausesMax`, and the characters that are
 * analysed for them, up to `limits.queryTextLengthMax`.
 */
export class ClauseBudget {
  private spent = 0;
  private analysed = 0;

  /** @throws SheafError QUERY_TOO_MANY_CLAUSES made by `fault` */
  spend(count: number, fault: MakeFault): void {
    this.spent += count;
    if (this.spent <= limits.queryClausesMax) return;
    throw fault('QUERY_TOO_MANY_CLAUSES', { limit: limits.queryClausesMax, actual: this.spent });
  }

  /** Refuses so many clauses, which are not spent yet, as `spend` would. */
  requireRoom(count: number, fault: MakeFault): void {
    const actual = this.spent + count;
    const limit = limits.queryClausesMax;
    if (actual > limit) throw fault('QUERY_TOO_MANY_CLAUSES', { limit, actual });
  }

  /**
   * Hands out as much of a text as there is room for; what is made of that may be too many clauses already.
   * @throws SheafError QUERY_TEXT_TOO_LONG made by `fault`, after `analyse`, where the text is longer
   */
  spendText(text: string, analyse: (text: string) => void, fault: MakeFault): void {
    const limit = limits.queryTextLengthMax;
    const left = Math.max(0, limit - this.analysed);
    this.analysed += text.length;
    analyse(text.length <= left ? text : text.slice(0, left));
    if (text.length > left) throw fault('QUERY_TEXT_TOO_LONG', { limit, actual: this.analysed });
  }
}
