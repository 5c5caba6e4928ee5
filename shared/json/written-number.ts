/**
 * Numbers of JSON as they were written, for errors that quote them: 9007199254740993 is read as 9007199254740992, and who
 * is told of that number does not find it. Looked for only where there is an error, so that reading costs nothing.
 */
import { shorten } from './describe-value.ts';

class Written {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What JSON.parse tells a reviver of a value that is neither an object nor an array. */
interface Context {
  readonly source: string;
}

/**
 * The text of the number at a place, at most 60 characters of it; undefined where there is none.
 * @param json valid, in UTF-8
 * @param at JSON pointer (RFC 6901)
 */
export function writtenNumber(json: Uint8Array, at: string): string | undefined {
  let place = withWrittenNumbers(json);
  for (const token of at.split('/').slice(1)) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof place !== 'object' || place === null || !Object.hasOwn(place, name)) return undefined;
    place = (place as Readonly<Record<string, unknown>>)[name];
  }
  return place instanceof Written ? shorten(place.text) : undefined;
}

function withWrittenNumbers(json: Uint8Array): unknown {
  const revive = (_name: string, value: unknown, context?: Context): unknown =>
    typeof value === 'number' && context !== undefined ? new Written(context.source) : value;
  try {
    return JSON.parse(new TextDecoder().decode(json), revive);
  } catch {
    // Revivers go no deeper than the stack, parsing does.
    return undefined;
  }
}

/** A fault of a document or a request. */
interface Fault {
  readonly at: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The same fault with the number at its place, if that is what it quotes, as it was written. */
export function quoteAsWritten<F extends Fault>(fault: F, json: Uint8Array, at: string = fault.at): F {
  const { actual } = fault.detail;
  if (typeof actual !== 'string' || Number.isNaN(Number(actual))) return fault;
  const written = writtenNumber(json, at);
  return written === undefined ? fault : { ...fault, detail: { ...fault.detail, actual: written } };
}

const texts = new WeakMap<object, Uint8Array>();

/** Keeps the text that a value was read from for as long as the value. */
export function rememberText(value: unknown, json: Uint8Array): void {
  if (typeof value === 'object' && value !== null) texts.set(value, json);
}

export function rememberedText(value: unknown): Uint8Array | undefined {
  return typeof value === 'object' && value !== null ? texts.get(value) : undefined;
}
