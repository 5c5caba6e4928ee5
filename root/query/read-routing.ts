/** The parameter `routing` of a URL: of one document one text, of a search one or more, parted by commas. */
import { SheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import { checkRouting } from '../../shared/schema/routing.ts';

/** @throws SheafError PARAMETER_INVALID */
export function requireRouting(text: string): void {
  const fault = checkRouting(text);
  if (fault === null) return;
  const expected = `1 to ${limits.keyBytesMax} bytes of UTF-8, as of a key`;
  throw new SheafError('PARAMETER_INVALID', { at: 'routing', detail: { ...fault.detail, expected } });
}

/** @throws SheafError PARAMETER_INVALID */
export function readRoutings(text: string): string[] {
  const routings = [...new Set(text.split(','))];
  for (const routing of routings) requireRouting(routing);
  return routings;
}
