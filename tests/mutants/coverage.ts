/** What of the sources a run went through, as V8 counts it (NODE_V8_COVERAGE). Touches the world: reads what a run has left. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

/** One source as one process or thread ran it. */
interface Script {
  readonly url: string;
  readonly functions: readonly { readonly ranges: readonly Range[] }[];
}

export class Coverage {
  /** By file, from the root of the tree: the ranges of each process or thread that loaded it. */
  private readonly ranges = new Map<string, (readonly Range[])[]>();

  /**
   * @param folder where the processes of the run wrote what they counted
   * @param root of the tree that ran
   * @param isWanted by a path from the root
   */
  constructor(folder: string, root: string, isWanted: (file: string) => boolean) {
    const prefix = pathToFileURL(join(root, '/')).href;
    for (const name of readdirSync(folder)) {
      const { result } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { readonly result: readonly Script[] };
      for (const { url, functions } of result) {
        const file = url.slice(prefix.length);
        if (url.startsWith(prefix) && isWanted(file)) this.add(file, functions);
      }
    }
  }

  /** Whether the run went through a place of a source: the narrowest range around it says so. */
  has(file: string, at: number): boolean {
    return (this.ranges.get(file) ?? []).some((ranges) => {
      let narrowest: Range | undefined;
      for (const range of ranges) {
        if (range.startOffset > at || range.endOffset <= at) continue;
        if (narrowest === undefined || lengthOf(range) <= lengthOf(narrowest)) narrowest = range;
      }
      return narrowest !== undefined && narrowest.count > 0;
    });
  }

  private add(file: string, functions: Script['functions']): void {
    const all = this.ranges.get(file) ?? [];
    all.push(functions.flatMap(({ ranges }) => ranges));
    this.ranges.set(file, all);
  }
}

function lengthOf({ startOffset, endOffset }: Range): number {
  return endOffset - startOffset;
}
