/**
 * Refuses what a page of another site asks through a visitor's browser. Browsers say of each request where it comes from:
 * `Sec-Fetch-Site` where the page is trustworthy (https, or this machine), `Origin` with whatever may change something. Pages
 * can set neither. Programs send neither, and pass.
 *
 * The order is that of Go's `CrossOriginProtection` (net/http, 1.25), but reads are refused, too: answers are documents.
 */
import type { IncomingMessage } from 'node:http';
import { SheafError } from '../errors.ts';

export interface SiteRules {
  /** Origins whose pages may ask, as browsers write them: `https://search.example`. */
  readonly origins: ReadonlySet<string>;
  /** Paths that a link on any page may lead a person to, and those below them: they hold no data. */
  readonly pages: readonly string[];
}

/** @throws SheafError ORIGIN_REFUSED */
export function checkSite(request: IncomingMessage, rules: SiteRules): void {
  const { origin, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (origin === undefined && site === undefined) return;
  if (origin !== undefined && rules.origins.has(origin)) return;
  if (site === 'same-origin' || site === 'none') return;
  if (site === undefined && isOrigin(origin, host)) return;
  if (isLink(request, rules.pages)) return;
  throw new SheafError('ORIGIN_REFUSED', { detail: { origin: origin ?? null, site: site ?? null } });
}

/** Whatever the scheme: a proxy may speak TLS in front. */
function isOrigin(origin: string | undefined, host: string | undefined): boolean {
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}

/** Whether a person follows a link to a page in a tab of its own; frames, images and scripts are none. */
function isLink({ method, url = '', headers }: IncomingMessage, pages: readonly string[]): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  if (headers['sec-fetch-mode'] !== 'navigate' || headers['sec-fetch-dest'] !== 'document') return false;
  const path = url.split('?', 1)[0]!;
  return pages.some((page) => path === page || path.startsWith(`${page}/`));
}
