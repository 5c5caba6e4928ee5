import { AutomatonBudget } from './automaton-budget.ts';
import { Dfa } from './dfa.ts';
import { Nfa } from './nfa.ts';
import { parseRegexp, type RegexpSyntax } from './parse-regexp.ts';
import type { RegexpNode } from './regexp-node.ts';
import { complementOf, intersectionOf, tableOf, type Table } from './tables.ts';

/**
 * An automaton for a pattern, determinised as it is used.
 *
 * @param statesMax states it may have: see AutomatonBudget
 * @throws SheafError REQUEST_VALUE_INVALID where the pattern is none, or what has to be determinised for it at once is too much
 */
export function compileRegexp(syntax: RegexpSyntax, statesMax: number): Dfa {
  return determinizable(parseRegexp(syntax), new AutomatonBudget(statesMax));
}

function determinizable(node: RegexpNode, budget: AutomatonBudget): Dfa {
  const nfa = new Nfa(budget);
  nfa.accept = addNode(nfa, node, nfa.addState(), budget);
  return new Dfa(nfa, budget);
}

/** Adds what a node stands for after a state. Returns the state after it. */
function addNode(nfa: Nfa, node: RegexpNode, from: number, budget: AutomatonBudget): number {
  switch (node.kind) {
    case 'character': {
      const to = nfa.addState();
      nfa.addEdges(from, node.set, to);
      return to;
    }
    case 'concatenation':
      return node.parts.reduce((at, part) => addNode(nfa, part, at, budget), from);
    case 'union': {
      const to = nfa.addState();
      for (const part of node.parts) nfa.addJump(addNode(nfa, part, stateAfter(nfa, from), budget), to);
      return to;
    }
    case 'repetition':
      return addRepetition(nfa, node, from, budget);
    case 'complement':
    case 'intersection':
      return addTable(nfa, tableOfNode(node, budget), from);
  }
}

/** A new state that another jumps to: what comes back to it does not come back to the other. */
function stateAfter(nfa: Nfa, from: number): number {
  const to = nfa.addState();
  nfa.addJump(from, to);
  return to;
}

type Repetition = Extract<RegexpNode, { kind: 'repetition' }>;

function addRepetition(nfa: Nfa, { part, min, max }: Repetition, from: number, budget: AutomatonBudget): number {
  let at = from;
  for (let i = 0; i < min; i++) {
    const next = addNode(nfa, part, at, budget);
    // The empty string, however often.
    if (next === at) break;
    at = next;
  }
  if (max === Infinity) {
    const loop = stateAfter(nfa, at);
    nfa.addJump(addNode(nfa, part, loop, budget), loop);
    return loop;
  }
  if (max === min) return at;
  const to = nfa.addState();
  for (let i = min; i < max; i++) {
    nfa.addJump(at, to);
    const next = addNode(nfa, part, at, budget);
    if (next === at) break;
    at = next;
  }
  nfa.addJump(at, to);
  return to;
}

function tableOfNode(node: RegexpNode, budget: AutomatonBudget): Table {
  if (node.kind === 'complement') return complementOf(tableOfNode(node.part, budget));
  if (node.kind !== 'intersection') return tableOf(determinizable(node, budget));
  return node.parts.map((part) => tableOfNode(part, budget)).reduce((a, b) => intersectionOf(a, b, budget));
}

function addTable(nfa: Nfa, { edges, isAccepting }: Table, from: number): number {
  const to = nfa.addState();
  const states = edges.map(() => nfa.addState());
  nfa.addJump(from, states[0]!);
  for (const [i, own] of edges.entries()) {
    for (let at = 0; at < own.length; at += 3)
      nfa.addEdges(states[i]!, [own[at]!, own[at + 1]!], states[own[at + 2]!]!);
    if (isAccepting[i]!) nfa.addJump(states[i]!, to);
  }
  return to;
}
