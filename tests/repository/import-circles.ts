/**
 * Circles of files: files that import one another, straight or by way of others, types included. Whoever reads one of them has to read
 * all. Touches the world: reads the sources; as a program it prints the circles and ends with 1 where there are any.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** By file: the files that it imports. Paths from the root of the repository. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

const sources = '{root,leaf,shared,command,bench,tests,examples}/**/*.ts';

/** What every source of a repository imports of its other sources. */
export function readImportGraph(repository: string): ImportGraph {
  const files = [...globSync(sources, { cwd: repository }), 'sheaf.ts'];
  return new Map(
    files.map((file) => [file, importedFiles(file, readFileSync(join(repository, file), 'utf8'))] as const),
  );
}

/** The files that a source imports by relative paths, statically or not, types too. */
export function importedFiles(file: string, source: string): string[] {
  const specifiers = source.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']+)'/g);
  return [...new Set(Array.from(specifiers, ([, path]) => normalize(join(dirname(file), path!))))];
}

/**
 * The strongly connected parts of more than one file, or of one that imports itself, each sorted, the first by name first.
 *
 * Source: Tarjan, "Depth-first search and linear graph algorithms" (1972).
 */
export function circlesOf(graph: ImportGraph): string[][] {
  const indexes = new Map<string, number>();
  const path: string[] = [];
  const onPath = new Set<string>();
  const circles: string[][] = [];
  const visit = (file: string): number => {
    const index = indexes.size;
    indexes.set(file, index);
    let low = index;
    path.push(file);
    onPath.add(file);
    for (const imported of graph.get(file) ?? []) {
      if (!indexes.has(imported)) low = Math.min(low, visit(imported));
      else if (onPath.has(imported)) low = Math.min(low, indexes.get(imported)!);
    }
    if (low < index) return low;
    const members = path.splice(path.indexOf(file));
    for (const member of members) onPath.delete(member);
    if (members.length > 1 || graph.get(file)?.includes(file) === true) circles.push(members.sort());
    return low;
  };
  for (const file of graph.keys()) if (!indexes.has(file)) visit(file);
  return circles.sort(([a], [b]) => (a! < b! ? -1 : 1));
}

/** One line for each import that a circle consists of. */
export function describeCircle(graph: ImportGraph, circle: readonly string[]): string {
  const arrows = circle.flatMap((file) =>
    (graph.get(file) ?? [])
      .filter((imported) => circle.includes(imported))
      .map((imported) => `  ${file} → ${imported}`),
  );
  return [`${circle.length} files:`, ...arrows].join('\n');
}

if (import.meta.main) {
  const graph = readImportGraph(join(import.meta.dirname, '../..'));
  const circles = circlesOf(graph);
  for (const circle of circles) process.stdout.write(`${describeCircle(graph, circle)}\n`);
  process.stdout.write(`${circles.length} circles among ${graph.size} files\n`);
  process.exitCode = circles.length === 0 ? 0 : 1;
}
