/**
 * A small JSON value in a file: read once at start, replaced in one step at each change. Touches the world: files,
 * without holding up the answering thread.
 */
import { access, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { seal, unseal } from '../../shared/data-folder/sealed.ts';
import { SheafError } from '../../shared/errors.ts';

/**
 * The value, or null where there is no file.
 * @throws SheafError DATA_CORRUPT, DATA_NOT_WRITABLE
 */
export async function readStored(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw notWritable(path, error);
  }
  return unseal(text, path);
}

/** Writes the value durably: after it resolves, and after a crash before that, the file is whole, old or new. */
export async function writeStored(path: string, value: unknown): Promise<void> {
  await replaceDurably(path, seal(value));
}

/** As writeStored, of any text. */
export async function replaceDurably(path: string, text: string): Promise<void> {
  const file = await open(`${path}.tmp`, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.tmp`, path);
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/**
 * Takes what is in the place of a file or folder out of the way and keeps it, under the first name that is free.
 * @returns where it is now
 * @throws SheafError DATA_NOT_WRITABLE
 */
export async function setAside(path: string): Promise<string> {
  try {
    for (let number = 1; ; number++) {
      const aside = `${path}.damaged-${number}`;
      if (await isThere(aside)) continue;
      await rename(path, aside);
      return aside;
    }
  } catch (error) {
    throw notWritable(path, error);
  }
}

/** Whether anything has this name. */
export async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

/** Why nothing can be done with a file: it is not damage. */
export function notWritable(path: string, error: unknown): SheafError {
  return new SheafError('DATA_NOT_WRITABLE', { detail: { path, reason: String(error) }, cause: error });
}

/** Writes one value after another; of those that come while a write is under way only the newest is written. */
export class StoredValue<T> {
  private readonly path: string;
  private readonly onFault: (error: unknown) => void;
  private next: { readonly value: T } | null = null;
  private writing: Promise<void> | null = null;

  constructor(path: string, onFault: (error: unknown) => void) {
    this.path = path;
    this.onFault = onFault;
  }

  write(value: T): void {
    this.next = { value };
    this.writing ??= this.writeAll();
  }

  /** Resolves when everything given so far is written, or could not be. */
  async settled(): Promise<void> {
    await this.writing;
  }

  private async writeAll(): Promise<void> {
    while (this.next !== null) {
      const { value } = this.next;
      this.next = null;
      await writeStored(this.path, value).catch(this.onFault);
    }
    this.writing = null;
  }
}
