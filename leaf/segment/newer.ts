import { SheafError } from '../../shared/errors.ts';

/** Files of a newer version are not damaged: they are kept for the version that wrote them. */
export function newer(file: string, version: number, known: number): SheafError {
  return new SheafError('SEGMENT_VERSION_UNKNOWN', { detail: { file, version, known } });
}
