import type { AutomatonBudget } from './automaton-budget.ts';
import { codePointMax } from './code-points.ts';
import type { Nfa } from './nfa.ts';

interface State {
  /** States of the nondeterministic automaton that it stands for, ascending: those with edges, and the one that accepts. */
  readonly members: readonly number[];
  readonly isAccepting: boolean;
  /** Where runs of characters begin, ascending, from 0. None until they are asked for. */
  readonly starts: number[];
  /** By run: the state it leads to, or `dead`. */
  readonly targets: number[];
  /** By character of ASCII: the same. */
  ascii: Int32Array | null;
}

/** Where no match is possible any more. */
export const dead = -1;
const asciiSize = 128;
const lowSurrogate = 0xd800;
const highSurrogate = 0xdfff;
/** Characters of a beginning that all matches have in common, at most. */
const prefixMax = 256;

/**
 * A deterministic automaton over code points, made from a nondeterministic one as its states are met. Every state can still come
 * to a match.
 */
export class Dfa {
  /** The state before the first character; `dead` where nothing matches. */
  readonly start: number;
  private readonly nfa: Nfa;
  private readonly budget: AutomatonBudget;
  private readonly isLive: Uint8Array;
  private readonly states: State[] = [];
  private readonly byMembers = new Map<string, number>();
  /** By state of the nondeterministic one: the closure that met it last. */
  private readonly met: Uint32Array;
  private closures = 0;

  constructor(nfa: Nfa, budget: AutomatonBudget) {
    this.nfa = nfa;
    this.budget = budget;
    this.isLive = nfa.findLive();
    this.met = new Uint32Array(nfa.size);
    this.start = this.stateOf([0]);
  }

  /** What making it has cost so far, and the automata that were made for it. */
  get effort(): number {
    return this.budget.spent;
  }

  /** How many states were met. */
  get size(): number {
    return this.states.length;
  }

  isAccepting(state: number): boolean {
    return this.states[state]!.isAccepting;
  }

  /** The state after one more character, or `dead`. @throws SheafError REQUEST_VALUE_INVALID where there are too many states */
  next(state: number, code: number): number {
    const from = this.states[state]!;
    const ascii = from.ascii ?? this.makeAscii(from);
    return code < asciiSize ? ascii[code]! : from.targets[runAt(from.starts, code)]!;
  }

  /** The least character, from a given one on, that does not lead to `dead`; −1 where there is none. Never half a pair. */
  nextLive(state: number, code: number): number {
    const { starts, targets } = this.opened(state);
    if (code > codePointMax) return -1;
    for (let run = runAt(starts, code); run < starts.length; run++) {
      if (targets[run] === dead) continue;
      const end = (starts[run + 1] ?? codePointMax + 1) - 1;
      const least = Math.max(code, starts[run]!);
      if (least < lowSurrogate || least > highSurrogate) return least;
      if (end > highSurrogate) return highSurrogate + 1;
    }
    return -1;
  }

  /** What all matches begin with. */
  prefix(): string {
    let prefix = '';
    let state = this.start;
    for (let i = 0; i < prefixMax && state !== dead && !this.isAccepting(state); i++) {
      const only = this.nextLive(state, 0);
      if (only < 0 || this.nextLive(state, only + 1) >= 0) break;
      prefix += String.fromCodePoint(only);
      state = this.next(state, only);
    }
    return prefix;
  }

  matches(text: string): boolean {
    let state = this.start;
    for (let at = 0; at < text.length && state !== dead;) {
      const code = text.codePointAt(at)!;
      state = this.next(state, code);
      at += code > 0xffff ? 2 : 1;
    }
    return state !== dead && this.isAccepting(state);
  }

  /** Meets every state. @throws SheafError REQUEST_VALUE_INVALID where there are too many */
  determinize(): void {
    for (const steps = this.determinizeInSteps(Infinity); steps.next().done !== true;);
  }

  /** The same, left off after each so many states. */
  *determinizeInSteps(statesPerStep: number): Generator<void, void, undefined> {
    // Meeting one may add others.
    for (let state = 0; state < this.states.length; state++) {
      this.opened(state);
      if (state % statesPerStep === statesPerStep - 1) yield;
    }
  }

  /** The runs of characters of a state that lead on, as first, last, state, flat. */
  edgesOf(state: number): number[] {
    const { starts, targets } = this.opened(state);
    const edges: number[] = [];
    for (const [run, target] of targets.entries()) {
      if (target !== dead) edges.push(starts[run]!, (starts[run + 1] ?? codePointMax + 1) - 1, target);
    }
    return edges;
  }

  private opened(state: number): State {
    const from = this.states[state]!;
    if (from.starts.length === 0) this.open(from);
    return from;
  }

  private makeAscii(from: State): Int32Array {
    if (from.starts.length === 0) this.open(from);
    const { starts, targets } = from;
    const ascii = new Int32Array(asciiSize);
    for (const [run, start] of starts.entries()) ascii.fill(targets[run]!, start);
    return (from.ascii = ascii);
  }

  /** Finds out where a state leads: goes over the edges of its members by where they begin and end. */
  private open(from: State): void {
    const edges: [first: number, last: number, to: number][] = [];
    for (const member of from.members) {
      const flat = this.nfa.edges[member]!;
      for (let i = 0; i < flat.length; i += 3) {
        if (this.isLive[flat[i + 2]!] === 1) edges.push([flat[i]!, flat[i + 1]!, flat[i + 2]!]);
      }
    }
    edges.sort((a, b) => a[0] - b[0]);
    const points = [...new Set([0, ...edges.flatMap(([first, last]) => [first, last + 1])])].sort((a, b) => a - b);
    this.budget.spend(edges.length);
    let active: typeof edges = [];
    let entered = 0;
    for (const point of points) {
      if (point > codePointMax) break;
      active = active.filter(([, last]) => last >= point);
      while (entered < edges.length && edges[entered]![0] === point) active.push(edges[entered++]!);
      this.addRun(from, point, active.length === 0 ? dead : this.stateOf(active.map(([, , to]) => to)));
    }
  }

  /** Runs that lead to the same state are one. */
  private addRun({ starts, targets }: State, start: number, target: number): void {
    if (targets.at(-1) === target) return;
    starts.push(start);
    targets.push(target);
  }

  /** The state that stands for some of the nondeterministic automaton and all they jump to. */
  private stateOf(members: readonly number[]): number {
    const closure = this.closureOf(members);
    if (closure.length === 0) return dead;
    const name = closure.join();
    let state = this.byMembers.get(name);
    if (state === undefined) {
      this.budget.requireStates(this.states.length + 1);
      const isAccepting = closure.includes(this.nfa.accept);
      state = this.states.push({ members: closure, isAccepting, starts: [], targets: [], ascii: null }) - 1;
      this.byMembers.set(name, state);
    }
    return state;
  }

  private closureOf(members: readonly number[]): number[] {
    const { nfa, met, isLive } = this;
    const closure = ++this.closures;
    const open = [...members];
    const found: number[] = [];
    let effort = 1;
    for (let member = open.pop(); member !== undefined; member = open.pop()) {
      if (met[member] === closure || isLive[member] === 0) continue;
      met[member] = closure;
      effort++;
      if (nfa.edges[member]!.length > 0 || member === nfa.accept) found.push(member);
      for (const to of nfa.jumps[member]!) open.push(to);
    }
    this.budget.spend(effort);
    return found.sort((a, b) => a - b);
  }
}

/** The last run that begins at or before a character. */
function runAt(starts: readonly number[], code: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (starts[middle]! <= code) low = middle;
    else high = middle;
  }
  return low;
}
