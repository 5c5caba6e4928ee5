/** URL parameters, read strictly: unknown ones and repeated ones are errors, never ignored. */
import { SheafError } from '../../shared/errors.ts';
import { shorten } from '../../shared/json/describe-value.ts';

/** @throws SheafError PARAMETER_UNKNOWN, PARAMETER_INVALID */
export function readParameters<const Name extends string>(
  query: unknown,
  allowed: readonly Name[],
): Partial<Record<Name, string>> {
  const values: Partial<Record<Name, string>> = {};
  for (const [name, value] of Object.entries(query as Record<string, unknown>)) {
    const known = allowed.find((each) => each === name);
    if (known === undefined) throw new SheafError('PARAMETER_UNKNOWN', { at: name, detail: { allowed } });
    if (typeof value !== 'string') {
      throw new SheafError('PARAMETER_INVALID', { at: name, detail: { expected: 'the parameter once' } });
    }
    values[known] = value;
  }
  return values;
}

/**
 * Refuses a query string that no decoder reads the same way: fastify's leaves what it cannot decode as it stands.
 * @param url path and query as sent
 * @throws SheafError PARAMETER_INVALID
 */
export function requireDecodable(url: string): void {
  const start = url.indexOf('?');
  if (start === -1 || !url.includes('%', start)) return;
  for (const part of url.slice(start + 1).split('&')) {
    try {
      decodeURIComponent(part);
    } catch (error) {
      const at = shorten(part.split('=', 1)[0]!);
      const detail = { expected: 'UTF-8, percent-encoded', actual: shorten(part) };
      throw new SheafError('PARAMETER_INVALID', { at, detail, cause: error });
    }
  }
}

/** @throws SheafError PARAMETER_INVALID */
export function requireOneOf<const T extends string>(at: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value);
  if (found === undefined) throw new SheafError('PARAMETER_INVALID', { at, detail: { allowed, actual: value } });
  return found;
}
