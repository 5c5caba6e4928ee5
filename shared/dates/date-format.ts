/**
 * Formats of dates as Elasticsearch writes them: names such as `date_time` and patterns such as `yyyy-MM-dd`, several parted by `||`.
 * Text is made by the first, and read by whichever fits first.
 *
 * Of the letters of patterns (those of java.time) these are known: `G y u Y Q q M L w D d E e c a H h K k m s S A n N V z O X x Z`, text in
 * quotes, and brackets around what a text may leave out.
 */

/** A piece of a pattern: a letter so many times, text, or pieces that may be left out. */
export type FormatPart =
  | { readonly kind: 'field'; readonly letter: string; readonly length: number }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'optional'; readonly parts: readonly FormatPart[] };

export type OneFormat =
  | {
      readonly kind: 'pattern';
      readonly parts: readonly FormatPart[];
      /**
       * How texts are read: `written`, with so many digits as there are letters; `named`, as that, and seconds with any fraction;
       * `lenient`, as named, and without leading zeros.
       */
      readonly reading: 'written' | 'named' | 'lenient';
    }
  /** ISO 8601, of which all but the year may be left out. */
  | { readonly kind: 'iso'; readonly isLenient: boolean }
  | { readonly kind: 'epoch'; readonly unitMs: 1 | 1000 };

export type DateFormat = readonly [OneFormat, ...OneFormat[]];

/** What is wrong with a format, in words. */
export class FormatFault {
  readonly expected: string;

  constructor(expected: string) {
    this.expected = expected;
  }
}

const hours = {
  hour: 'HH',
  hour_minute: 'HH:mm',
  hour_minute_second: 'HH:mm:ss',
  hour_minute_second_fraction: 'HH:mm:ss.SSS',
  hour_minute_second_millis: 'HH:mm:ss.SSS',
} as const;

const patterns: Readonly<Record<string, string>> = {
  basic_date: 'yyyyMMdd',
  basic_date_time: "yyyyMMdd'T'HHmmss.SSSX",
  basic_date_time_no_millis: "yyyyMMdd'T'HHmmssX",
  basic_ordinal_date: 'yyyyDDD',
  basic_ordinal_date_time: "yyyyDDD'T'HHmmss.SSSX",
  basic_ordinal_date_time_no_millis: "yyyyDDD'T'HHmmssX",
  basic_time: 'HHmmss.SSSX',
  basic_time_no_millis: 'HHmmssX',
  basic_t_time: "'T'HHmmss.SSSX",
  basic_t_time_no_millis: "'T'HHmmssX",
  basic_week_date: "YYYY'W'wwe",
  basic_week_date_time: "YYYY'W'wwe'T'HHmmss.SSSX",
  basic_week_date_time_no_millis: "YYYY'W'wwe'T'HHmmssX",
  date: 'yyyy-MM-dd',
  ...Object.fromEntries(Object.entries(hours).map(([name, pattern]) => [`date_${name}`, `yyyy-MM-dd'T'${pattern}`])),
  date_time: "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
  date_time_no_millis: "yyyy-MM-dd'T'HH:mm:ssXXX",
  ...hours,
  ordinal_date: 'yyyy-DDD',
  ordinal_date_time: "yyyy-DDD'T'HH:mm:ss.SSSXXX",
  ordinal_date_time_no_millis: "yyyy-DDD'T'HH:mm:ssXXX",
  t_time: "'T'HH:mm:ss.SSSXXX",
  t_time_no_millis: "'T'HH:mm:ssXXX",
  time: 'HH:mm:ss.SSSXXX',
  time_no_millis: 'HH:mm:ssXXX',
  week_date: "YYYY-'W'ww-e",
  week_date_time: "YYYY-'W'ww-e'T'HH:mm:ss.SSSXXX",
  week_date_time_no_millis: "YYYY-'W'ww-e'T'HH:mm:ssXXX",
  weekyear: 'YYYY',
  weekyear_week: "YYYY-'W'ww",
  weekyear_week_day: "YYYY-'W'ww-e",
  year: 'yyyy',
  year_month: 'yyyy-MM',
  year_month_day: 'yyyy-MM-dd',
};

const isoNames = ['iso8601', 'date_optional_time', 'date_optional_time_nanos', 'rfc3339_lenient'];

/** Names that have no strict twin. */
const unstrict = /^(?:basic_(?!week)|epoch_|iso8601|rfc3339)/;

/** The names of formats. */
export const formatNames: readonly string[] = [...Object.keys(patterns), ...isoNames, 'epoch_millis', 'epoch_second'];

/** Letters of fields and how often each may stand side by side. */
const lengths: Readonly<Record<string, readonly [least: number, most: number]>> = {
  G: [1, 5],
  y: [1, 9],
  u: [1, 9],
  Y: [1, 9],
  Q: [1, 2],
  q: [1, 2],
  M: [1, 4],
  L: [1, 4],
  w: [1, 2],
  D: [1, 3],
  d: [1, 2],
  E: [1, 4],
  e: [1, 4],
  c: [1, 1],
  a: [1, 1],
  H: [1, 2],
  h: [1, 2],
  K: [1, 2],
  k: [1, 2],
  m: [1, 2],
  s: [1, 2],
  S: [1, 9],
  A: [1, 19],
  n: [1, 19],
  N: [1, 19],
  V: [2, 2],
  z: [1, 4],
  O: [1, 4],
  X: [1, 5],
  x: [1, 5],
  Z: [1, 5],
};

const formatLengthMax = 200;
const nestingMax = 8;

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
  const isStrict = name.startsWith('strict_');
  const plain = isStrict ? name.slice('strict_'.length) : name;
  const isNamed = !(isStrict && unstrict.test(plain));
  if (isNamed && isoNames.includes(plain)) {
    return { kind: 'iso', isLenient: !isStrict && plain.startsWith('date_optional_time') };
  }
  if (isNamed && Object.hasOwn(patterns, plain)) {
    return parsePattern(patterns[plain]!, isStrict || plain.startsWith('basic_') ? 'named' : 'lenient');
  }
  if (/^[a-z0-9]+(?:_[a-z0-9]+)+$/.test(name)) {
    return new FormatFault(`a pattern such as yyyy-MM-dd, or one of ${formatNames.join(', ')}`);
  }
  return parsePattern(name, 'written');
}

const piece = /'((?:[^']|'')*)'|([A-Za-z])\2*|[[\]]|[^A-Za-z'[\]]+/gy;

function parsePattern(
  pattern: string,
  reading: Extract<OneFormat, { kind: 'pattern' }>['reading'],
): OneFormat | FormatFault {
  // The pattern, and what stands in its brackets that are open.
  const open: FormatPart[][] = [[]];
  let end = 0;
  let fields = 0;
  for (const match of pattern.matchAll(piece)) {
    end = match.index + match[0].length;
    const [whole, quoted, letter] = match;
    const parts = open.at(-1)!;
    if (letter !== undefined) {
      const fault = faultOf(letter, whole);
      if (fault !== undefined) return fault;
      fields++;
      parts.push({ kind: 'field', letter, length: whole.length });
    } else if (whole === '[') {
      if (open.length > nestingMax) return new FormatFault(`at most ${nestingMax} brackets in one another`);
      open.push([]);
    } else if (whole === ']') {
      if (open.length === 1) return new FormatFault("a [ before each ], or '[' and ']' for the characters");
      open.pop();
      open.at(-1)!.push({ kind: 'optional', parts });
    } else {
      parts.push({ kind: 'text', text: textOf(whole, quoted) });
    }
  }
  if (end < pattern.length) return new FormatFault("a second ' where quoted text ends");
  if (open.length > 1) return new FormatFault("a ] after each [, or '[' and ']' for the characters");
  if (fields === 0) return new FormatFault('a pattern such as yyyy-MM-dd');
  return { kind: 'pattern', parts: open[0]!, reading };
}

function textOf(whole: string, quoted: string | undefined): string {
  return quoted === undefined ? whole : quoted === '' ? "'" : quoted.replaceAll("''", "'");
}

function faultOf(letter: string, whole: string): FormatFault | undefined {
  const allowed = lengths[letter];
  if (allowed === undefined) {
    return new FormatFault(`letters ${Object.keys(lengths).join(' ')}, and any text in quotes, in place of ${letter}`);
  }
  const [least, most] = allowed;
  if (whole.length >= least && whole.length <= most) return undefined;
  return new FormatFault(`${letter} ${least === most ? least : `at most ${most}`} times in place of ${whole}`);
}
