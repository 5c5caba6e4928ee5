/**
 * Mutations that change nothing that anyone could see, each with the reason. They are not drawn. A test holds the list to
 * the code: each must be one that the rules make of it.
 */
export interface Equivalent {
  readonly file: string;
  /** The lines that are changed, with single spaces. */
  readonly before: string;
  readonly after: string;
  readonly reason: string;
}

export const equivalents: readonly Equivalent[] = [];
