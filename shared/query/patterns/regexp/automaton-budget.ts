import type { SheafError } from '../../../errors.ts';
import { regexpFault } from './regexp-fault.ts';

/** States of the automaton of one pattern at most, unless the caller allows fewer. */
export const determinizedStatesMax = 10_000;

/** What making an automaton may cost for each state it may have; about 0.2 µs. */
const effortPerState = 5;
/** And however few those are. */
const effortMin = 10_000;

/** Counts what the automata of one pattern cost. */
export class AutomatonBudget {
  /** States looked at so far, of whatever automaton. */
  spent = 0;
  private readonly statesMax: number;
  private readonly effortMax: number;

  /** @param statesMax states of each automaton that is determinised */
  constructor(statesMax: number) {
    this.statesMax = statesMax;
    this.effortMax = effortMin + statesMax * effortPerState;
  }

  /** @throws SheafError REQUEST_VALUE_INVALID */
  spend(effort: number): void {
    this.spent += effort;
    if (this.spent > this.effortMax) throw this.tooComplex();
  }

  /** @throws SheafError REQUEST_VALUE_INVALID */
  requireStates(states: number): void {
    if (states > this.statesMax) throw this.tooComplex();
  }

  private tooComplex(): SheafError {
    const limit = this.statesMax;
    const raise = limit < determinizedStatesMax ? ` or max_determinized_states up to ${determinizedStatesMax},` : '';
    return regexpFault({
      expected: `a pattern simple enough for ${limit} determinized states`,
      limit,
      hint: `smaller repetitions,${raise} or several simpler patterns`,
    });
  }
}
