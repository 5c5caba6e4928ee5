import { valuesPerStep, type Reading } from '../long-lists.ts';
import type { Operand } from '../operand.ts';

/** Reads operands one after the other, in steps. */
export function* readEach(operands: Iterable<Operand>, read: (operand: Operand) => void): Reading<void> {
  let count = 0;
  for (const operand of operands) {
    read(operand);
    if (++count % valuesPerStep === 0) yield;
  }
}
