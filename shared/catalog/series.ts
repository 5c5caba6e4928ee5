/** Names that count up: `logs-000001`, `logs-000002`. Pure. */

const counted = /^(.*-)(\d{1,15})$/;

/** How many names that are taken are passed over. */
const passedMax = 10_000;

/**
 * The next name that is not taken, as wide as this one where the number has the digits; null for a name that does not end in - and a
 * number, or where the next ten thousand are taken.
 */
export function nextName(name: string, isTaken: (name: string) => boolean): string | null {
  const [, series, digits] = counted.exec(name) ?? [];
  if (series === undefined || digits === undefined) return null;
  for (let number = Number(digits) + 1; number <= Number(digits) + passedMax; number++) {
    const next = `${series}${String(number).padStart(digits.length, '0')}`;
    if (!isTaken(next)) return next;
  }
  return null;
}
