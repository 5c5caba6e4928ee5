/**
 * Several files of tests in one process: most of the time of a fast file goes into starting a process and loading what its
 * neighbours load too. Each batch is a file of its own that imports them. Touches the world: files.
 */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Few enough that the cores have something to do until the end. */
const batchFiles = 48;

/** @param files test files, neighbours beside each other @param folder where the batches are written @returns their paths */
export function writeBatches(files: readonly string[], folder: string): string[] {
  const batches: string[] = [];
  for (let from = 0; from < files.length; from += batchFiles) {
    const batch = join(folder, `${String(batches.length).padStart(3, '0')}.test.mjs`);
    const imports = files
      .slice(from, from + batchFiles)
      .map((file) => `import '${pathToFileURL(resolve(file)).href}';\n`);
    writeFileSync(batch, imports.join(''));
    batches.push(batch);
  }
  return batches;
}
