import { SheafError } from '../shared/errors.ts';

/** Ends a command with one line on stderr and an exit code. */
export class CommandFailure extends Error {
  readonly exitCode: number;

  constructor(line: string, exitCode = 1) {
    super(line);
    this.name = 'CommandFailure';
    this.exitCode = exitCode;
  }
}

/** What a command says on stderr when it ends with this error; undefined for a programmer's fault, which shows its stack. */
export function failureLine(error: unknown): string | undefined {
  if (error instanceof CommandFailure) return error.message;
  if (error instanceof SheafError) return error.toLine();
  return undefined;
}
