/** The Cranfield collection: abstracts, questions, and which answer which. Touches the world: reads an archive with tar. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Judged, Text } from './judged.ts';

/** For whoever has it not. */
export const cranfieldSource = 'http://ir.dcs.gla.ac.uk/resources/test_collections/cran/cran.tar.gz';

/** Undefined where there is no such file. Reads the archive as it is given away, and one of lines of JSON. */
export function readCranfield(archive: string): Judged | undefined {
  if (!existsSync(archive)) return undefined;
  const names = execFileSync('tar', ['-tzf', archive]).toString().split('\n');
  const read = (end: string): string => {
    const name = names.find((each) => each.endsWith(end));
    if (name === undefined) throw new Error(`${archive} has no file ${end}: it is not the Cranfield collection`);
    return execFileSync('tar', ['-xzOf', archive, name], { maxBuffer: 1e8 }).toString();
  };
  if (names.some((name) => name.endsWith('cran.qry'))) {
    return {
      documents: readRecords(read('cran.all.1400')),
      // Judgements count the questions, whatever numbers these have of their own.
      queries: readRecords(read('cran.qry')).map(({ text }, at) => ({ id: String(at + 1), text })),
      relevant: readJudgements(read('cranqrel'), 2),
    };
  }
  const texts = (name: string): Text[] => linesOf(read(name)).map((line) => JSON.parse(line) as Text);
  const relevant = readJudgements(read('qrels-binary.txt'), 3);
  return { documents: texts('docs.jsonl'), queries: texts('queries.jsonl'), relevant };
}

/** Records of the form `.I number`, then parts that begin with a line `.T`, `.A`, `.B` or `.W`, the last being the text. Pure. */
export function readRecords(file: string): Text[] {
  return file
    .split(/^\.I\s+/m)
    .filter((record) => record.trim() !== '')
    .map((record) => {
      const id = /^\d+/.exec(record)?.[0];
      const text = record.split(/^\.W\s*$/m)[1];
      if (id === undefined || text === undefined) throw new Error(`no record of Cranfield: ${record.slice(0, 80)}`);
      return { id, text: text.replaceAll(/\s+/g, ' ').trim() };
    });
}

/**
 * Documents judged with one of the codes 1 to 4, by query. Pure.
 * @param codeAt column of the code; the document is in the one before, the query in the first
 */
export function readJudgements(file: string, codeAt: 2 | 3): ReadonlyMap<string, ReadonlySet<string>> {
  const relevant = new Map<string, Set<string>>();
  for (const line of linesOf(file)) {
    const columns = line.trim().split(/\s+/);
    const [query, document, code] = [columns[0]!, columns[codeAt - 1]!, Number(columns[codeAt])];
    if (!(code >= 1 && code <= 4)) continue;
    let documents = relevant.get(query);
    if (documents === undefined) relevant.set(query, (documents = new Set()));
    documents.add(document);
  }
  return relevant;
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
