/** What a search can say besides its query and aggregations, in a body or in the URL alike. */
import { integerWithin, numberThat, oneOf } from '../../shared/json/readers.ts';
import type { RequestNode } from '../../shared/json/request-node.ts';
import { limits } from '../../shared/limits.ts';
import { spreads } from '../../shared/query/request.ts';
import type { LongLists } from './long-lists.ts';

/** What the meaning of a search depends on besides its words and the schema. */
export interface ReadingDefaults {
  /** The longest `timeout` a caller may ask for, in milliseconds. */
  readonly timeoutMsMax: number;
  /** The `size` where it is absent; 10 when null or left out. */
  readonly sizeDefault?: number | null;
  /** Where long lists of a body are left, to be read before the search is begun; absent, all is read at once. */
  readonly longLists?: LongLists;
  /** What `now` stands for in date math, in milliseconds since 1970 UTC; absent, nothing may say it. */
  readonly now?: number;
}

const usualSize = 10;
export const trackTotalHitsDefault = 10_000;

export const readCoverageMin = numberThat('a number from 0 to 1', (value) => value >= 0 && value <= 1);

export const readPriority = oneOf(['interactive', 'batch']);

export const readSpread = oneOf(spreads);

const readHitCount = integerWithin(0, Number.MAX_SAFE_INTEGER);

export function readTrackTotalHits(node: RequestNode): boolean | number {
  if (typeof node.value === 'boolean') return node.value;
  if (typeof node.value !== 'number') throw node.wrongType('true, false or a whole number');
  return readHitCount(node);
}

export interface Window {
  readonly from: number;
  readonly size: number;
}

/**
 * `from` and `size`; where absent 0 and the default.
 * @throws SheafError RESULT_WINDOW_TOO_LARGE at whichever of the two is there
 */
export function readWindow(
  from: RequestNode | undefined,
  size: RequestNode | undefined,
  { sizeDefault }: Pick<ReadingDefaults, 'sizeDefault'>,
): Window {
  const window = {
    from: from === undefined ? 0 : readHitCount(from),
    size: size === undefined ? (sizeDefault ?? usualSize) : readHitCount(size),
  };
  const actual = window.from + window.size;
  const written = size ?? from;
  if (written !== undefined && actual > limits.resultWindowMax) {
    const exact = Number.isSafeInteger(actual) ? actual : String(BigInt(window.from) + BigInt(window.size));
    throw written.fault('RESULT_WINDOW_TOO_LARGE', { limit: limits.resultWindowMax, actual: exact });
  }
  return window;
}
