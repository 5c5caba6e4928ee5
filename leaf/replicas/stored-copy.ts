/** Stored values of which somebody else has the original, or a second file. Touches the world: files. */
import { SheafError } from '../../shared/errors.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';
import { readStored, setAside } from './stored-value.ts';

/**
 * The value, or null where there is none that can be used: a damaged one is set aside, told, and done without.
 * @param fits whether a value is of this kind
 * @throws SheafError DATA_NOT_WRITABLE
 */
export async function readCopy<T>(
  path: string,
  fits: (value: unknown) => value is T,
  telemetry: Telemetry,
): Promise<T | null> {
  try {
    const value = await readStored(path);
    if (value === null || fits(value)) return value;
  } catch (error) {
    if (!(error instanceof SheafError) || error.code !== 'DATA_CORRUPT') throw error;
  }
  const aside = await setAside(path);
  telemetry.warn({ code: 'DATA_CORRUPT', path, aside }, 'a damaged file is set aside and not used');
  return null;
}
