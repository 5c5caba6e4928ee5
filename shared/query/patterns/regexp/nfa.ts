import type { AutomatonBudget } from './automaton-budget.ts';
import type { CodePoints } from './code-points.ts';

/** What making a state costs: it is two arrays. */
const stateEffort = 2;
/** Edges that cost as much as a look at a state. */
const edgesPerEffort = 8;

/**
 * A nondeterministic automaton over code points. States are numbered as they are made, the first is where it begins; it accepts
 * in `accept`.
 */
export class Nfa {
  accept = 0;
  /** By state: where it goes without a character. */
  readonly jumps: number[][] = [];
  /** By state: runs of characters and where they lead, as first, last, state, flat. */
  readonly edges: number[][] = [];
  private readonly budget: AutomatonBudget;

  constructor(budget: AutomatonBudget) {
    this.budget = budget;
  }

  get size(): number {
    return this.edges.length;
  }

  /** @throws SheafError REQUEST_VALUE_INVALID where there are too many */
  addState(): number {
    this.budget.spend(stateEffort);
    this.jumps.push([]);
    return this.edges.push([]) - 1;
  }

  addJump(from: number, to: number): void {
    this.jumps[from]!.push(to);
  }

  /** @throws SheafError REQUEST_VALUE_INVALID where there are too many */
  addEdges(from: number, set: CodePoints, to: number): void {
    this.budget.spend(Math.floor(set.length / 2 / edgesPerEffort));
    const edges = this.edges[from]!;
    for (let i = 0; i < set.length; i += 2) edges.push(set[i]!, set[i + 1]!, to);
  }

  /** By state: whether it can still come to accept. Cost: the jumps and edges. */
  findLive(): Uint8Array {
    const before: number[][] = Array.from({ length: this.size }, () => []);
    for (let state = 0; state < this.size; state++) {
      for (const to of this.jumps[state]!) before[to]!.push(state);
      const edges = this.edges[state]!;
      for (let i = 2; i < edges.length; i += 3) before[edges[i]!]!.push(state);
    }
    const isLive = new Uint8Array(this.size);
    const open = [this.accept];
    for (let state = open.pop(); state !== undefined; state = open.pop()) {
      if (isLive[state] === 1) continue;
      isLive[state] = 1;
      open.push(...before[state]!);
    }
    return isLive;
  }
}
