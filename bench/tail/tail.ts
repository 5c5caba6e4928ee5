/** On time, whatever one leaf does: what the defences against stragglers are worth against real slow processes. */
import type { BenchContext } from '../context.ts';
import { readCorpus } from '../corpus/wordnet-corpus.ts';
import type { Findings } from '../report/report.ts';
import { frozenScenario } from './frozen-scenario.ts';
import { latenessScenario } from './lateness-scenario.ts';
import { overloadScenario } from './overload-scenario.ts';
import { pausesScenario } from './pauses-scenario.ts';
import { rootCpuScenario } from './root-cpu-scenario.ts';
import { saturatedScenario } from './saturated-scenario.ts';
import { sourcesScenario } from './sources-scenario.ts';
import type { ScenarioFindings, TailContext } from './tail-context.ts';

const scenarios: Readonly<Record<string, (context: TailContext) => Promise<ScenarioFindings>>> = {
  pauses: pausesScenario,
  frozen: frozenScenario,
  lateness: latenessScenario,
  saturated: saturatedScenario,
  overload: overloadScenario,
  'root-cpu': rootCpuScenario,
  sources: sourcesScenario,
};

export const scenarioNames = Object.keys(scenarios);

export interface TailOptions {
  readonly queries: number;
  readonly rate: number;
  readonly scenarios: readonly string[];
}

/** The corpus is small: what is measured is the way of a query, not its evaluation. */
const documentsMax = 5000;

export async function benchTail(context: BenchContext, options: TailOptions): Promise<Findings> {
  const { queries, rate } = options;
  const corpus = await readCorpus(Math.min(context.documents, documentsMax));
  const found: ScenarioFindings[] = [];
  for (const name of options.scenarios) {
    try {
      found.push(await scenarios[name]!({ ...context, corpus, queries, rate }));
    } catch (error) {
      // What the others found took long to find.
      found.push({ tables: [], notes: [`The scenario ${name} failed: ${String(error)}`] });
    }
  }
  return {
    parameters: { documents: corpus.length, queries, 'queries/s': rate, seed: context.seed },
    tables: found.flatMap(({ tables }) => tables),
    notes: [
      'The load generator and all leaves share the cores of this machine.',
      ...found.flatMap(({ notes }) => notes),
    ],
    plots: found.flatMap(({ plots = [] }) => plots),
  };
}
