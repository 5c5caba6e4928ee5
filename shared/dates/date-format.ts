/**
 * Formats of dates as Elasticsearch writes them: names such as `date_time` and patterns such as `yyyy-MM-dd`, several parted by `||`.
 * Text is made by the first, and read by whichever fits first.
 *
 * Of the letters of its patterns (those of java.time) these are known: `y u Y M Q w D d E e a H h m s S X x Z`, and text in quotes.
 */

/** A piece of a pattern: a letter so many times, or text. */
export type FormatPart =
  | { readonly kind: 'field'; readonly letter: string; readonly length: number }
  | { readonly kind: 'text'; readonly text: string };

export type OneFormat =
  | { readonly kind: 'pattern'; readonly parts: readonly FormatPart[] }
  /** ISO 8601, of which all but the year may be left out. */
  | { readonly kind: 'iso' }
  | { readonly kind: 'epoch'; readonly unitMs: 1 | 1000 };

export type DateFormat = readonly [OneFormat, ...OneFormat[]];

/** What is wrong with a format, in words. */
export class FormatFault {
  readonly expected: string;

  constructor(expected: string) {
    this.expected = expected;
  }
}

const patterns: Readonly<Record<string, string>> = {
  basic_date: 'yyyyMMdd',
  basic_date_time: "yyyyMMdd'T'HHmmss.SSSX",
  basic_date_time_no_millis: "yyyyMMdd'T'HHmmssX",
  date: 'yyyy-MM-dd',
  date_hour: "yyyy-MM-dd'T'HH",
  date_hour_minute: "yyyy-MM-dd'T'HH:mm",
  date_hour_minute_second: "yyyy-MM-dd'T'HH:mm:ss",
  date_hour_minute_second_millis: "yyyy-MM-dd'T'HH:mm:ss.SSS",
  date_time: "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
  date_time_no_millis: "yyyy-MM-dd'T'HH:mm:ssXXX",
  hour: 'HH',
  hour_minute: 'HH:mm',
  hour_minute_second: 'HH:mm:ss',
  hour_minute_second_millis: 'HH:mm:ss.SSS',
  time: 'HH:mm:ss.SSSXXX',
  time_no_millis: 'HH:mm:ssXXX',
  week_date: "YYYY-'W'ww-e",
  weekyear: 'YYYY',
  weekyear_week: "YYYY-'W'ww",
  weekyear_week_day: "YYYY-'W'ww-e",
  year: 'yyyy',
  year_month: 'yyyy-MM',
  year_month_day: 'yyyy-MM-dd',
};

const isoNames = ['iso8601', 'date_optional_time', 'strict_date_optional_time', 'strict_date_optional_time_nanos'];

/** Letters of fields and how often each may stand side by side. */
const lengths: Readonly<Record<string, readonly [least: number, most: number]>> = {
  y: [1, 6],
  u: [1, 6],
  Y: [1, 6],
  M: [1, 4],
  Q: [1, 2],
  w: [1, 2],
  D: [1, 3],
  d: [1, 2],
  E: [1, 4],
  e: [1, 1],
  a: [1, 1],
  H: [1, 2],
  h: [1, 2],
  m: [1, 2],
  s: [1, 2],
  S: [1, 9],
  X: [1, 3],
  x: [1, 3],
  Z: [1, 1],
};

const formatLengthMax = 200;

/** A format, or what is wrong with it. */
export function parseFormat(text: string): DateFormat | FormatFault {
  if (text.length > formatLengthMax) return new FormatFault(`a format of at most ${formatLengthMax} characters`);
  const formats: OneFormat[] = [];
  for (const name of text.split('||')) {
    const format = parseOne(name);
    if (format instanceof FormatFault) return format;
    formats.push(format);
  }
  // Splitting gives one at least.
  return formats as [OneFormat, ...OneFormat[]];
}

function parseOne(name: string): OneFormat | FormatFault {
  if (name === 'epoch_millis') return { kind: 'epoch', unitMs: 1 };
  if (name === 'epoch_second') return { kind: 'epoch', unitMs: 1000 };
  if (isoNames.includes(name)) return { kind: 'iso' };
  const plain = name.startsWith('strict_') ? name.slice('strict_'.length) : name;
  if (Object.hasOwn(patterns, plain)) return parsePattern(patterns[plain]!);
  if (/^[a-z0-9]+(?:_[a-z0-9]+)+$/.test(name)) {
    const names = [...Object.keys(patterns), ...isoNames, 'epoch_millis', 'epoch_second'];
    return new FormatFault(`a pattern such as yyyy-MM-dd, or one of ${names.join(', ')}`);
  }
  return parsePattern(name);
}

const piece = /'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+/gy;

function parsePattern(pattern: string): OneFormat | FormatFault {
  const parts: FormatPart[] = [];
  let end = 0;
  for (const match of pattern.matchAll(piece)) {
    end = match.index + match[0].length;
    const [whole, quoted, letter] = match;
    if (letter === undefined) {
      parts.push({
        kind: 'text',
        text: quoted === undefined ? whole : quoted === '' ? "'" : quoted.replaceAll("''", "'"),
      });
      continue;
    }
    const allowed = lengths[letter];
    if (allowed === undefined) {
      return new FormatFault(
        `letters ${Object.keys(lengths).join(' ')}, and any text in quotes, in place of ${letter}`,
      );
    }
    const [least, most] = allowed;
    if (whole.length < least || whole.length > most)
      return new FormatFault(`${letter} at most ${most} times in place of ${whole}`);
    parts.push({ kind: 'field', letter, length: whole.length });
  }
  if (end < pattern.length) return new FormatFault("a second ' where quoted text ends");
  if (!parts.some(({ kind }) => kind === 'field')) return new FormatFault('a pattern such as yyyy-MM-dd');
  return { kind: 'pattern', parts };
}
