/** Files that are named on the command line. Touches the world: files. */
import { readFileSync } from 'node:fs';
import { CommandFailure } from './failure.ts';

/** The bytes of a file. @throws CommandFailure where it cannot be read, in one line */
export function readOperandFile(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CommandFailure(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
