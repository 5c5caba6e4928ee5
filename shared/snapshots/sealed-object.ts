/** A small object in object storage: JSON under a checksum, with the version of its format. Pure. */
import { unseal } from '../data-folder/sealed.ts';
import { SheafError } from '../errors.ts';
import { isObject } from '../json/read-object.ts';

/**
 * What an object says.
 * @param path where it stands, for errors
 * @param known the highest version of the format that is known here
 * @throws SheafError STORAGE_CORRUPT where it is not as it was written; DATA_VERSION_UNKNOWN where a newer version wrote it
 */
export function unsealObject(bytes: Uint8Array, path: string, known: number): unknown {
  const value = read(bytes, path);
  const version = isObject(value) ? value['formatVersion'] : undefined;
  if (typeof version === 'number' && version > known) {
    throw new SheafError('DATA_VERSION_UNKNOWN', { detail: { path, version, known } });
  }
  return value;
}

export function corruptObject(key: string, reason: string): SheafError {
  return new SheafError('STORAGE_CORRUPT', { detail: { key, reason } });
}

function read(bytes: Uint8Array, path: string): unknown {
  try {
    return unseal(Buffer.from(bytes).toString(), path);
  } catch {
    throw corruptObject(path, 'checksum');
  }
}
