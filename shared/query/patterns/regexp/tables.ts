/** Deterministic automata as a whole: what complement and intersection are made of. */
import type { AutomatonBudget } from './automaton-budget.ts';
import { codePointMax } from './code-points.ts';
import { dead, type Dfa } from './dfa.ts';

export interface Table {
  /** By state, of which the first is where it begins: runs of characters and where they lead, as first, last, state, flat. */
  readonly edges: number[][];
  /** By state. */
  readonly isAccepting: boolean[];
}

/** @throws SheafError REQUEST_VALUE_INVALID where there are too many states */
export function tableOf(dfa: Dfa): Table {
  if (dfa.start === dead) return { edges: [[]], isAccepting: [false] };
  dfa.determinize();
  const states = Array.from({ length: dfa.size }, (_, state) => state);
  return {
    edges: states.map((state) => dfa.edgesOf(state)),
    isAccepting: states.map((state) => dfa.isAccepting(state)),
  };
}

/** Accepts what the other does not. */
export function complementOf({ edges, isAccepting }: Table): Table {
  const elsewhere = edges.length;
  const all = edges.map((own) => {
    const filled: number[] = [];
    let next = 0;
    for (let i = 0; i < own.length; i += 3) {
      if (own[i]! > next) filled.push(next, own[i]! - 1, elsewhere);
      filled.push(own[i]!, own[i + 1]!, own[i + 2]!);
      next = own[i + 1]! + 1;
    }
    if (next <= codePointMax) filled.push(next, codePointMax, elsewhere);
    return filled;
  });
  return {
    edges: [...all, [0, codePointMax, elsewhere]],
    isAccepting: [...isAccepting.map((accepts) => !accepts), true],
  };
}

/** Accepts what both do. @throws SheafError REQUEST_VALUE_INVALID where there are too many states */
export function intersectionOf(a: Table, b: Table, budget: AutomatonBudget): Table {
  const edges: number[][] = [];
  const isAccepting: boolean[] = [];
  const pairs: [number, number][] = [];
  const numbers = new Map<number, number>();
  const numberOf = (inA: number, inB: number): number => {
    const key = inA * b.edges.length + inB;
    let number = numbers.get(key);
    if (number === undefined) {
      number = pairs.push([inA, inB]) - 1;
      numbers.set(key, number);
      budget.requireStates(pairs.length);
    }
    return number;
  };
  numberOf(0, 0);
  for (let i = 0; i < pairs.length; i++) {
    const [inA, inB] = pairs[i]!;
    isAccepting.push(a.isAccepting[inA]! && b.isAccepting[inB]!);
    edges.push(commonEdges(a.edges[inA]!, b.edges[inB]!, numberOf));
    budget.spend(1 + (a.edges[inA]!.length + b.edges[inB]!.length) / 3);
  }
  return { edges, isAccepting };
}

/** Both ascend, so both are gone through once. */
function commonEdges(a: readonly number[], b: readonly number[], numberOf: (a: number, b: number) => number): number[] {
  const common: number[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const first = Math.max(a[i]!, b[j]!);
    const last = Math.min(a[i + 1]!, b[j + 1]!);
    if (first <= last) common.push(first, last, numberOf(a[i + 2]!, b[j + 2]!));
    if (a[i + 1]! < b[j + 1]!) i += 3;
    else j += 3;
  }
  return common;
}
