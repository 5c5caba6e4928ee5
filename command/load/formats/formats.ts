/** Every form in which `load` reads documents. */
import { CommandFailure } from '../../failure.ts';
import { arrayFormat } from './array.ts';
import { bulkFormat } from './bulk.ts';
import { csvFormat } from './csv.ts';
import type { Beginning, Format } from './format.ts';
import { linesFormat } from './lines.ts';
import { objectsFormat } from './objects.ts';
import { reasonNotText } from './unreadable.ts';
import { wrapperFormat } from './wrapper.ts';

/** In the order in which they are tried: the first that recognises the beginning of a file reads it. */
export const formats: readonly Format[] = [
  arrayFormat,
  bulkFormat,
  linesFormat,
  wrapperFormat,
  objectsFormat,
  csvFormat,
];

/**
 * The form of a file.
 * @param named by the user, undefined to find out
 * @throws CommandFailure what the file is, where it is none of them
 */
export function formatOf(named: string | undefined, beginning: Beginning, bytes: Uint8Array, path: string): Format {
  if (beginning.isWhole && beginning.text.trim() === '') throw new CommandFailure(`${path} is empty`);
  const reason = reasonNotText(bytes);
  if (reason !== null) throw new CommandFailure(`cannot read ${path}: ${reason}`);
  const found =
    named === undefined
      ? formats.find((format) => format.sniff(beginning))
      : formats.find((format) => format.name === named);
  if (found !== undefined) return found;
  const names = formats.map(({ name }) => name).join(', ');
  const begins = JSON.stringify(beginning.text.trimStart().slice(0, 40));
  throw new CommandFailure(
    `cannot read ${path}: it begins with ${begins}, which is no JSON and no table; --format says which of ${names} it is`,
  );
}
