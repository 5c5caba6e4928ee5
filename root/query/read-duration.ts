import type { RequestNode } from '../../shared/json/request-node.ts';
import { limits } from '../../shared/limits.ts';

const pattern = /^(\d+(?:\.\d+)?)(ms|s|m)$/;
const unitsMs = { ms: 1, s: 1000, m: 60_000 } as const;

const maxLagMsMin = 1000;
const maxLagMsMax = 3_600_000;

/** Milliseconds of `"200ms"`, `"1.5s"`, `"1m"` or a number of milliseconds; more than 0, at most `timeoutMsMax`. */
export function readTimeout(node: RequestNode, timeoutMsMax: number): number {
  const timeoutMs = milliseconds(node);
  if (timeoutMs > 0 && timeoutMs <= timeoutMsMax) return timeoutMs;
  const expected = `more than 0 and at most ${timeoutMsMax} milliseconds`;
  const actual = typeof node.value === 'number' ? node.actual : timeoutMs;
  throw node.invalid({ expected, limit: timeoutMsMax, actual });
}

/** Milliseconds in the same words, for how old an answer may be: less than a second no replica keeps under writes. */
export function readMaxLag(node: RequestNode): number {
  const maxLagMs = milliseconds(node);
  if (maxLagMs >= maxLagMsMin && maxLagMs <= maxLagMsMax) return maxLagMs;
  throw node.invalid({ expected: `${maxLagMsMin} to ${maxLagMsMax} milliseconds`, actual: maxLagMs });
}

const agePattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;
const ageUnitsMs = { ...unitsMs, h: 3_600_000, d: 86_400_000 } as const;

/** Whole milliseconds of an age such as `"30d"`, `"12h"`, or a number of milliseconds. */
export function readAge(node: RequestNode): number {
  const { value } = node;
  const { rolloverAgeMsMin: min, rolloverAgeMsMax: max } = limits;
  const expected = `${min} milliseconds to ${max}: a number of them, or a string such as 90s, 12h or 30d`;
  if (typeof value !== 'number' && typeof value !== 'string') throw node.wrongType(expected);
  const match = agePattern.exec(String(value));
  const ageMs =
    typeof value === 'number' ? value : Number(match?.[1]) * ageUnitsMs[match?.[2] as keyof typeof ageUnitsMs];
  if (Number.isInteger(ageMs) && ageMs >= min && ageMs <= max) return ageMs;
  throw node.invalid({ expected, actual: node.actual });
}

function milliseconds(node: RequestNode): number {
  const { value } = node;
  if (typeof value === 'number') return value;
  const expected = 'a number of milliseconds, or a string such as 200ms, 1s or 1m';
  if (typeof value !== 'string') throw node.wrongType(expected);
  const match = pattern.exec(value);
  if (match === null) throw node.invalid({ expected });
  return Number(match[1]) * unitsMs[match[2] as keyof typeof unitsMs];
}
