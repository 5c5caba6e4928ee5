/** Makes a folder and those above it. Touches the world: files. */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Each is tried twice at most, once before and once after the one above it was made: where a file system says of what it will not make
 * that it is not there, as /proc does, Node's own recursion never ends.
 * @throws what the file system throws
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    return await makeOne(path);
  } catch (error) {
    const above = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === path) throw error;
    await makeFolder(above);
  }
  await makeOne(path);
}

async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    // What is there may be a file: whoever looks into it is told.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
