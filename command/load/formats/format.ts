/** What differs between the forms in which files hold documents. Each form is a file beside this one and a row in formats.ts. */
import type { FieldKind } from '../../../shared/schema/kinds/field-kinds.ts';

/** The beginning of a file. */
export interface Beginning {
  /** At least a few lines of it, where it has so many; all of it where `isWhole`. */
  readonly text: string;
  readonly isWhole: boolean;
  /** As the file's name ends, in lower case, without the dot; empty for a stream. */
  readonly extension: string;
}

export interface ReadOptions {
  /** The kind of a field, where it is known before a value of it is read. */
  readonly kindOf: (field: string) => FieldKind | undefined;
  /** Tells the user something about the file, once. */
  readonly say: (line: string) => void;
}

export interface Format {
  /** As `--format` names it. */
  readonly name: string;
  /** What such a file is, for whoever is told what can be loaded. */
  readonly inWords: string;
  /** What one document is in the file. */
  readonly unit: Unit;
  /** All values are text in the file, and are made numbers where all of a column are. */
  readonly valuesAreText?: true;
  /** Documents may bring keys of their own. */
  readonly hasKeys?: true;
  /** Whether the file is of this form, as far as its beginning tells. */
  readonly sniff: (beginning: Beginning) => boolean;
  /** The documents, or what is done with them, as lines that a bulk takes. @throws CommandFailure what is wrong with the file */
  readonly lines: (
    chunks: AsyncIterable<Uint8Array>,
    beginning: Beginning,
    options: ReadOptions,
  ) => AsyncIterable<Uint8Array>;
}

export type Unit = 'line' | 'element' | 'object' | 'row' | 'action';

/** The lines that are whole in the beginning of a file, blank ones left out. */
export function wholeLines({ text, isWhole }: Beginning): string[] {
  const lines = text.split(/\r?\n/);
  if (!isWhole) lines.pop();
  return lines.filter((line) => line.trim() !== '');
}

/** Parsed, where the text is JSON. */
export function parseJson(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
}
