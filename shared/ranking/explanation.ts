/** How a number came about: a tree whose root is the score of a hit, to the last bit. */
export interface Explanation {
  readonly value: number;
  /** The formula, and what its names stand for in `details`. */
  readonly description: string;
  /** Left out where there are none. */
  readonly details?: readonly Explanation[];
}
