/** What a leaf says of the files it holds for another. */
import { isObject } from '../../shared/json/read-object.ts';

export interface HeldFile {
  readonly name: string;
  readonly sizeBytes: number;
}

export interface FileList {
  /** Names the hold in later requests. */
  readonly hold: string;
  /** Identity of the log that the files are of; null where the leaf has not met one. */
  readonly cluster: string | null;
  readonly files: readonly HeldFile[];
}

/** A list as another leaf sent it, or undefined where it is none. A name that could lead out of a folder is none. */
export function readFileList(value: unknown): FileList | undefined {
  if (!isObject(value)) return undefined;
  const { hold, cluster, files } = value;
  if (typeof hold !== 'string' || (cluster !== null && typeof cluster !== 'string')) return undefined;
  if (!Array.isArray(files) || !files.every(isFile)) return undefined;
  return { hold, cluster, files };
}

function isFile(value: unknown): value is HeldFile {
  if (!isObject(value)) return false;
  const { name, sizeBytes } = value;
  return (
    typeof name === 'string' && /^\w[\w.-]*$/.test(name) && Number.isSafeInteger(sizeBytes) && Number(sizeBytes) >= 0
  );
}
