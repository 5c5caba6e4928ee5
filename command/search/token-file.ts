/** Where `sheaf search` keeps the token of its last answer about each index. Touches the world: a file. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { CommandFailure } from '../failure.ts';

export class TokenFile {
  private readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  /** Undefined where nothing is kept of the index, or what the file holds was not written by `keep`. */
  tokenOf(url: string, index: string): string | undefined {
    const token = this.read()[nameOf(url, index)];
    return typeof token === 'string' ? token : undefined;
  }

  /** The file is replaced whole: of two that keep at once, one is kept. @throws CommandFailure where it cannot be written */
  keep(url: string, index: string, token: string): void {
    const words = JSON.stringify({ ...this.read(), [nameOf(url, index)]: token });
    const written = `${this.file}.${process.pid}.tmp`;
    try {
      writeFileSync(written, `${words}\n`);
      renameSync(written, this.file);
    } catch (error) {
      throw new CommandFailure(`the token cannot be kept in ${this.file}: ${String(error)}`);
    }
  }

  private read(): Readonly<Record<string, unknown>> {
    try {
      const parsed: unknown = JSON.parse(readFileSync(this.file, 'utf8'));
      return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
    } catch {
      // There is none yet.
      return {};
    }
  }
}

function nameOf(url: string, index: string): string {
  return `${url} ${index}`;
}
