/** Values of a field from one to another, both included: what an operand of a query stands for. */
export interface Between {
  readonly first: number | string;
  readonly last: number | string;
}
