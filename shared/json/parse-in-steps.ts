/**
 * JSON.parse a piece at a time, for texts that would hold their thread for long: the same value, and faults for the same texts.
 *
 * One look at each byte finds where members of arrays and objects end; so many of them that follow one another are parsed together
 * as make a piece, and a member that is larger by itself is taken apart in turn. What cannot be taken apart, a string or a number, is parsed as a
 * whole. Cost: that of JSON.parse, and about a nanosecond a byte.
 */

/** Some hundredths of a millisecond. */
export const pieceBytes = 8192;

const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const openArray = 0x5b;
const closeArray = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;

type Built = { readonly items: unknown[] } | { readonly members: Record<string, unknown> };

/** An array or object that has not ended yet. */
interface Open {
  readonly isArray: boolean;
  /** Of its bracket. */
  readonly at: number;
  /** Where begins what is not parsed yet. */
  from: number;
  /** Where the member begins that is looked at, its name included. */
  memberAt: number;
  /** Null where nothing of it is parsed. */
  built: Built | null;
  /** The last member was taken apart, and no comma has come after it. */
  isMemberTaken: boolean;
}

/**
 * Yields after each piece, and where none was found for as long.
 * @param bytes of UTF-8
 * @throws SyntaxError
 */
export function* parseInSteps(bytes: Buffer): Generator<void, unknown, undefined> {
  const open: Open[] = [];
  let looksFrom = 0;
  for (let at = 0; at < bytes.length; at++) {
    switch (bytes[at]!) {
      case quote:
        at = endOfString(bytes, at);
        break;
      case openArray:
      case openObject:
        open.push(opened(bytes, at));
        break;
      case comma: {
        const last = open.at(-1);
        if (last === undefined) break;
        last.memberAt = at + 1;
        if (last.isMemberTaken) passComma(bytes, last, at);
        else if (at - last.from >= pieceBytes) {
          build(bytes, open);
          take(bytes, last, at);
          last.from = at + 1;
          looksFrom = at;
          yield;
        }
        break;
      }
      case closeArray:
      case closeObject: {
        const last = open.pop();
        if (last === undefined) throw fault(bytes, at);
        if (last.built === null) break;
        close(bytes, last, at);
        const around = open.at(-1);
        if (around === undefined) return ended(bytes, at + 1, last.built);
        around.from = at + 1;
        around.isMemberTaken = true;
        break;
      }
      default:
        break;
    }
    if (at - looksFrom < 8 * pieceBytes) continue;
    looksFrom = at;
    yield;
  }
  // Less than a piece of members at any depth, or no whole text.
  return JSON.parse(bytes.toString());
}

function opened(bytes: Buffer, at: number): Open {
  const from = at + 1;
  return { isArray: bytes[at] === openArray, at, from, memberAt: from, built: null, isMemberTaken: false };
}

/** The quote that ends a string, or the end of all. */
function endOfString(bytes: Buffer, start: number): number {
  for (let at = start + 1; at < bytes.length; at++) {
    if (bytes[at] === backslash) at++;
    else if (bytes[at] === quote) return at;
  }
  return bytes.length;
}

/** Makes all that is open, as the innermost is more than a piece. */
function build(bytes: Buffer, open: readonly Open[]): void {
  for (const [depth, each] of open.entries()) {
    if (each.built !== null) continue;
    if (depth === 0) requireSpace(bytes, 0, each.at);
    each.built = each.isArray ? { items: [] } : { members: {} };
    if (depth > 0) attach(bytes, open[depth - 1]!, each);
  }
}

/** Puts an array or object where it belongs, after the members before it. */
function attach(bytes: Buffer, around: Open, inner: Open): void {
  const before = around.memberAt;
  if (before > around.from) take(bytes, around, before - 1);
  const value = 'items' in inner.built! ? inner.built.items : inner.built!.members;
  if ('items' in around.built!) {
    requireSpace(bytes, before, inner.at);
    around.built.items.push(value);
  } else {
    const start = bytes.toString('utf8', before, inner.at);
    const [name, ...others] = Object.keys(JSON.parse(`{${start}null}`));
    if (name === undefined || others.length > 0) throw fault(bytes, before);
    put(around.built!.members, name, value);
  }
}

/** Parses the members up to a comma or the end, which are at least one. */
function take(bytes: Buffer, { from, built }: Open, end: number): void {
  const text = bytes.toString('utf8', from, end);
  if ('items' in built!) {
    const items: unknown[] = JSON.parse(`[${text}]`);
    if (items.length === 0) throw fault(bytes, from);
    for (const item of items) built.items.push(item);
  } else {
    const members: Record<string, unknown> = JSON.parse(`{${text}}`);
    const names = Object.keys(members);
    if (names.length === 0) throw fault(bytes, from);
    for (const name of names) put(built!.members, name, members[name]);
  }
}

function passComma(bytes: Buffer, around: Open, at: number): void {
  requireSpace(bytes, around.from, at);
  around.from = at + 1;
  around.isMemberTaken = false;
}

function close(bytes: Buffer, last: Open, at: number): void {
  if (last.isArray !== (bytes[at] === closeArray)) throw fault(bytes, at);
  if (last.isMemberTaken) requireSpace(bytes, last.from, at);
  else take(bytes, last, at);
}

function ended(bytes: Buffer, from: number, built: Built): unknown {
  requireSpace(bytes, from, bytes.length);
  return 'items' in built ? built.items : built.members;
}

/** As JSON.parse does, which knows no setter. */
function put(members: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') members[name] = value;
  else Object.defineProperty(members, name, { value, writable: true, enumerable: true, configurable: true });
}

function requireSpace(bytes: Buffer, from: number, end: number): void {
  for (let at = from; at < end; at++) if (!isSpace(bytes[at]!)) throw fault(bytes, at);
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function fault(bytes: Buffer, at: number): SyntaxError {
  return new SyntaxError(`unexpected byte ${bytes[at] ?? 'at the end'} at ${at}`);
}
