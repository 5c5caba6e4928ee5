/** The Cranfield collection: abstracts, questions, and which answer which. Touches the world: reads an archive with tar. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

export interface Cranfield {
  readonly documents: readonly { readonly id: string; readonly text: string }[];
  readonly queries: readonly { readonly id: string; readonly text: string }[];
  /** Documents judged with one of the codes 1 to 4, by query. */
  readonly relevant: ReadonlyMap<string, ReadonlySet<string>>;
}

/** @throws Error where there is no such file */
export function readCranfield(archive: string): Cranfield {
  if (!existsSync(archive)) throw new Error(`${archive} is missing: the Cranfield collection is needed`);
  const lines = (name: string): string[] => {
    const text = execFileSync('tar', ['-xzOf', archive, `cranfield/${name}`], { maxBuffer: 1e8 }).toString();
    return text.split('\n').filter((line) => line !== '');
  };
  const texts = (name: string): { id: string; text: string }[] => {
    return lines(name).map((line) => JSON.parse(line) as { id: string; text: string });
  };
  const relevant = new Map<string, Set<string>>();
  for (const line of lines('qrels-binary.txt')) {
    const [query, , document, code] = line.split(/\s+/);
    if (Number(code) < 1) continue;
    let documents = relevant.get(query!);
    if (documents === undefined) relevant.set(query!, (documents = new Set()));
    documents.add(document!);
  }
  return { documents: texts('docs.jsonl'), queries: texts('queries.jsonl'), relevant };
}
