/**
 * What may find a mutation: fast tests that import its file, and the simulation where it runs it. Touches the world: reads the sources.
 */
import { dirname, join, normalize } from 'node:path';
import { readImportGraph, type ImportGraph } from '../repository/import-circles.ts';
import { stagesOf } from '../stages/stages.ts';
import { readSource, repository } from './ground.ts';

export interface Finder {
  /** A file of tests, or `simulation`. */
  readonly name: string;
  /** Whether what it says hangs on real sockets, threads and time: it has to say it twice. */
  readonly isOfTime: boolean;
}

/** How likely a finder is thought to find a mutation before it has been tried. */
export interface Candidate {
  readonly finder: Finder;
  readonly isOwn: boolean;
}

export const simulation: Finder = { name: 'simulation', isOfTime: false };

/** A test further away than so many imports says little about a file. */
const distanceMax = 4;
/** Tests of one file, nearest first. */
const testsMax = 10;

export type FindersOf = (file: string) => readonly Candidate[];

/**
 * By a file: the tests that may find its mutations, nearest first, and the simulation last. Tests that start processes, or whole
 * roots and leaves, are left out: they take seconds each.
 */
export function findFinders(): FindersOf {
  const graph = withThreads(readImportGraph(repository));
  const timeless = new Set(stagesOf(repository).unit);
  const tests = [...graph.keys()].filter((file) => {
    return file.endsWith('.test.ts') && !file.startsWith('tests/simulation') && !startsProcesses(file, graph);
  });
  const distances = new Map(tests.map((test) => [test, distancesFrom(test, graph)]));
  const simulated = distancesFrom('tests/simulation/simulate.ts', graph);
  return (file) => {
    const beside = file.replace('.ts', '.test.ts');
    const distanceOf = (test: string): number => (test === beside ? 0 : (distances.get(test)!.get(file) ?? Infinity));
    const near = tests.filter((test) => distanceOf(test) <= distanceMax);
    const nearest = near.sort((a, b) => distanceOf(a) - distanceOf(b) || (a < b ? -1 : 1)).slice(0, testsMax);
    const candidates = nearest.map((name) => ({
      finder: { name, isOfTime: !timeless.has(name) },
      isOwn: name === beside,
    }));
    return simulated.has(file) ? [...candidates, { finder: simulation, isOwn: false }] : candidates;
  };
}

/** The graph with the files that are started as threads: they are named by their place, not imported. */
function withThreads(graph: ImportGraph): ImportGraph {
  return new Map(
    [...graph].map(([file, imported]) => {
      const places = readSource(file).matchAll(/new URL\('(\.[^']+\.ts)', import\.meta\.url\)/g);
      const threads = Array.from(places, ([, place]) => normalize(join(dirname(file), place!)));
      return [file, [...imported, ...threads.filter((thread) => graph.has(thread))]] as const;
    }),
  );
}

/** By file: over how many imports it is reached. */
function distancesFrom(start: string, graph: ImportGraph): Map<string, number> {
  const distances = new Map([[start, 0]]);
  for (const [file, distance] of distances) {
    for (const imported of graph.get(file) ?? []) if (!distances.has(imported)) distances.set(imported, distance + 1);
  }
  return distances;
}

function startsProcesses(file: string, graph: ImportGraph): boolean {
  const own = [file, ...graph.get(file)!.filter((each) => graph.has(each) && /\.fixture\.ts$|^tests\//.test(each))];
  return own.some((each) => /node:child_process|startRoot|startLeaf/.test(readSource(each)));
}
