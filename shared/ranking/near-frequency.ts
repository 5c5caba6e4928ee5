/**
 * How often a document holds a word that may be misspelt: what is that many edits away counts so many quarters of an
 * occurrence. Quarters, because their sums are exact in any order, over any segments and machines.
 */
export const quartersByEdits: readonly number[] = [4, 2, 1];

/** More do not count: a byte holds them. */
export const nearQuartersMax = 255;
