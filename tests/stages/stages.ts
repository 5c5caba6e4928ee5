/**
 * Which tests are fast and which are process tests, by a rule and not by a list. A test is fast where it stands beside the code it
 * tests, or looks at the repository, and where neither it nor anything it imports can start a process or a thread, listen or
 * connect. All others are process tests. Touches the world: reads the sources.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { importedFiles } from '../repository/import-circles.ts';

export const stageNames = ['unit', 'process'] as const;
export type StageName = (typeof stageNames)[number];

/** Test files, from the root of the repository, sorted. */
export type Stages = Readonly<Record<StageName, readonly string[]>>;

/** Folders of which a test is fast unless it starts something: elsewhere several parts are tested together. */
const fastFolder = /^(?:root|leaf|shared|command|tests\/repository)\//;

/** What a source imports that starts something, as values. */
const starter =
  /(?:\bfrom|\bimport)\s*\(?\s*'(?:node:(?:child_process|cluster|worker_threads|net|tls|http|https|http2|dgram)|undici|@platformatic\/kafka)'/;

/** Types start nothing. */
const typeImport = /^(?:import|export) type [^;]*;$/gm;

/** What a file imports that holds something to a time. */
const deadline = "/deadline.ts'";

/** Whether a file of tests holds something to a time: it is run again and again beside busy processes, and otherwise beside nothing. */
export function holdsToTime(repository: string, file: string): boolean {
  return readFileSync(join(repository, file), 'utf8').includes(deadline);
}

export function stagesOf(repository: string): Stages {
  const files = globSync('{root,leaf,shared,command,tests,bench,examples}/**/*.test.ts', { cwd: repository });
  const sources = new Map<string, string>();
  const read = (file: string): string => {
    const path = join(repository, file);
    // What looks like an import may stand in a text.
    const source = sources.get(file) ?? (existsSync(path) ? readFileSync(path, 'utf8') : '').replaceAll(typeImport, '');
    sources.set(file, source);
    return source;
  };
  const stages: Record<StageName, string[]> = { unit: [], process: [] };
  for (const file of files.map((each) => each.replaceAll(sep, '/')).sort()) stages[stageOf(file, read)].push(file);
  return stages;
}

/** @param read the source of a file, without its imports of types */
export function stageOf(test: string, read: (file: string) => string): StageName {
  if (!fastFolder.test(test)) return 'process';
  const reached = new Set([test]);
  // Files that are reached are looked at in turn, as they come.
  for (const file of reached) {
    const source = file.endsWith('.ts') ? read(file) : '';
    if (starter.test(source)) return 'process';
    for (const imported of importedFiles(file, source)) reached.add(imported);
  }
  return 'unit';
}
