import { SheafError } from '../../../errors.ts';
import type { RequestNode } from '../../../json/request-node.ts';

type Detail = { readonly expected: string } & Readonly<Record<string, unknown>>;

/** What is wrong with a pattern, wherever that stands. */
export function regexpFault(detail: Detail): SheafError {
  return new SheafError('REQUEST_VALUE_INVALID', { detail });
}

/** Makes what is made of a pattern. @throws SheafError with the place of the pattern, where it has a fault */
export function madeOfPattern<T>(node: RequestNode, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof SheafError) throw node.invalid(error.detail as Detail);
    throw error;
  }
}
