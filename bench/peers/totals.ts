/** How many documents an answer says it matches, read from its text: answers are not parsed while they are timed. Pure. */
export interface Total {
  readonly value: number;
  /** Whether there may be more. */
  readonly isLeast: boolean;
}

/** The first total in an answer in Elasticsearch's shape. @throws Error where there is none */
export function readTotal(answer: string): Total {
  const found = /"total":\{"value":(\d+),"relation":"(eq|gte)"\}/.exec(answer);
  if (found === null) throw new Error(`an answer has no total: ${answer.slice(0, 300)}`);
  return { value: Number(found[1]), isLeast: found[2] === 'gte' };
}

/** Whether both can be true of the same documents. */
export function totalsAgree(a: Total, b: Total): boolean {
  if (a.isLeast && b.isLeast) return true;
  if (a.isLeast) return b.value >= a.value;
  if (b.isLeast) return a.value >= b.value;
  return a.value === b.value;
}
