/**
 * The ground in which bugs are put by rule, and the tests that may find them. Touches the world: reads the sources.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readImportGraph } from '../repository/import-circles.ts';
import { equivalents } from './equivalent.ts';
import { linesOf, mutationsOf, type Mutation } from './rules.ts';

export const repository = join(import.meta.dirname, '../..');

const folders = '{root/scatter,root/plan,root/gather,leaf/tasks,leaf/schedule,shared/log}';
/** A test further away than so many imports says little about a file. */
const distanceMax = 3;
/** Tests of one file, nearest first. */
const testsMax = 16;

/** What is pure of the log over Kafka. The rest is tested with a broker, which no trial has. */
const pureOfKafka = /^shared\/log\/kafka\/(?:names|records|decision|verdicts|key-table|meta)\.ts$/;

/** Sources of the ground: what runs in a cluster. */
export function groundFiles(): string[] {
  const files = globSync(`${folders}/**/*.ts`, { cwd: repository });
  return files
    .filter((file) => !/\.(test|fixture)\.ts$|(^|\/)main\.ts$/.test(file))
    .filter((file) => !file.startsWith('shared/log/kafka/') || pureOfKafka.test(file))
    .sort();
}

/** Every mutation of the ground but those that change nothing. */
export function mutationsOfGround(): Mutation[] {
  return groundFiles().flatMap((file) => {
    const source = readSource(file);
    const known = equivalents.filter((each) => each.file === file);
    return mutationsOf(file, source).filter((mutation) => {
      const [before, after] = linesOf(source, mutation);
      return !known.some((each) => each.before === before && each.after === after);
    });
  });
}

export function readSource(file: string): string {
  return readFileSync(join(repository, file), 'utf8');
}

export interface Tests {
  /** Fast tests that import a file, by whatever way, nearest first. */
  readonly of: (file: string) => readonly string[];
  /** Whether the simulation runs it. */
  readonly isSimulated: (file: string) => boolean;
}

/** Tests that start processes, or whole roots and leaves, are left out: they take seconds each. */
export function findTests(): Tests {
  const graph = readImportGraph(repository);
  const tests = [...graph.keys()].filter((file) => {
    return file.endsWith('.test.ts') && !file.startsWith('tests/simulation') && !startsProcesses(file, graph);
  });
  const distances = new Map(tests.map((file) => [file, distancesFrom(file, graph)]));
  const simulated = distancesFrom('tests/simulation/simulate.ts', graph);
  return {
    of: (file) => {
      const beside = file.replace('.ts', '.test.ts');
      const distanceOf = (each: string): number => (each === beside ? 0 : (distances.get(each)!.get(file) ?? Infinity));
      const near = tests.filter((each) => distanceOf(each) <= distanceMax);
      return near.sort((a, b) => distanceOf(a) - distanceOf(b) || (a < b ? -1 : 1)).slice(0, testsMax);
    },
    isSimulated: (file) => simulated.has(file),
  };
}

type Graph = ReturnType<typeof readImportGraph>;

/** By file: over how many imports it is reached. */
function distancesFrom(start: string, graph: Graph): Map<string, number> {
  const distances = new Map([[start, 0]]);
  for (const [file, distance] of distances) {
    for (const imported of graph.get(file) ?? []) if (!distances.has(imported)) distances.set(imported, distance + 1);
  }
  return distances;
}

function startsProcesses(file: string, graph: Graph): boolean {
  const own = [file, ...graph.get(file)!.filter((each) => graph.has(each) && /\.fixture\.ts$|^tests\//.test(each))];
  return own.some((each) => /node:child_process|startRoot|startLeaf/.test(readSource(each)));
}
