/** Bodies that were packed, where a route does not unpack them. */
import { SheafError } from '../errors.ts';

/** @throws SheafError MEDIA_TYPE_UNSUPPORTED */
export function requireEncoding(encoding: string | undefined, allowed: readonly string[]): void {
  if (encoding === undefined || allowed.includes(encoding)) return;
  throw new SheafError('MEDIA_TYPE_UNSUPPORTED', { at: 'content-encoding', detail: { allowed, actual: encoding } });
}
