import { SheafError } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';
import { describeValue } from './describe-value.ts';
import { parseKeepingDigits } from './raw-json.ts';
import { rememberedText, writtenNumber } from './written-number.ts';

type Detail = Readonly<Record<string, unknown>>;

/**
 * One value of a request and where it stands, so that every fault can say where it is. Pointers are put together
 * only when a fault is made.
 *
 * A node comes from a JSON body or from a parameter of the URL: that decides the codes of its faults, and `at` is a
 * JSON pointer (RFC 6901) into the body or the parameter's name.
 */
export class RequestNode {
  readonly value: unknown;
  private readonly parent: RequestNode | undefined;
  private readonly token: string | number;
  private readonly origin: 'body' | 'parameter';
  /** Of a whole parameter. */
  private readonly text: string | undefined;

  private constructor(
    value: unknown,
    place: { parent?: RequestNode; token: string | number; origin: 'body' | 'parameter'; text?: string | undefined },
  ) {
    this.value = value;
    this.parent = place.parent;
    this.token = place.token;
    this.origin = place.origin;
    this.text = place.text;
  }

  /** A whole body. */
  static body(value: unknown): RequestNode {
    return new RequestNode(value, { token: '', origin: 'body' });
  }

  /**
   * The value of a URL parameter, already turned into the JSON that a body would hold.
   * @param text as it was written, where it is a number now
   */
  static parameter(name: string, value: unknown, text?: string): RequestNode {
    return new RequestNode(value, { token: name, origin: 'parameter', text });
  }

  /** A value inside this one, under a property name or an array index. */
  child(token: string | number, value: unknown): RequestNode {
    return new RequestNode(value, { parent: this, token, origin: this.origin });
  }

  /** Another value at the place of this one. */
  alike(value: unknown): RequestNode {
    const { parent, token, origin, text } = this;
    return new RequestNode(value, { ...(parent === undefined ? {} : { parent }), token, origin, text });
  }

  get at(): string {
    if (this.parent === undefined) return String(this.token);
    if (this.origin === 'parameter') return this.parent.at;
    return `${this.parent.at}/${escapeToken(String(this.token))}`;
  }

  /** The value for the `actual` of a fault; a number is told as text where that is not how it was written. */
  get actual(): unknown {
    const written = this.written();
    return written === undefined || written === String(this.value) ? this.value : written;
  }

  /** The value as JSON, its numbers with the digits that the body has. */
  get json(): string {
    const body = this.origin === 'body' ? rememberedText(this.root.value) : undefined;
    if (body === undefined) return JSON.stringify(this.value);
    return JSON.stringify(this.within(parseKeepingDigits(new TextDecoder().decode(body))));
  }

  fault(code: ErrorCode, detail: Detail): SheafError {
    return new SheafError(code, { at: this.at, detail });
  }

  /** @param expected the type in words, such as `a string` */
  wrongType(expected: string): SheafError {
    const code = this.origin === 'body' ? 'REQUEST_TYPE_WRONG' : 'PARAMETER_INVALID';
    return this.fault(code, { expected, actual: this.describe() });
  }

  /** @param detail at least `expected`, in words */
  invalid(detail: Detail & { readonly expected: string }): SheafError {
    const code = this.origin === 'body' ? 'REQUEST_VALUE_INVALID' : 'PARAMETER_INVALID';
    return this.fault(code, { actual: this.describe(), ...detail });
  }

  private describe(): string {
    return this.written() ?? describeValue(this.value);
  }

  /** The text of a number; undefined where there is none. */
  private written(): string | undefined {
    if (typeof this.value !== 'number') return undefined;
    if (this.origin === 'parameter') return this.text;
    // A body that is a number and nothing else keeps no text.
    if (this.parent === undefined) return 'a number';
    const json = rememberedText(this.root.value);
    return json === undefined ? undefined : writtenNumber(json, this.at);
  }

  /** What stands at the place of this node in another reading of its body. */
  private within(body: unknown): unknown {
    if (this.parent === undefined) return body;
    return (this.parent.within(body) as Readonly<Record<string, unknown>>)[this.token];
  }

  private get root(): RequestNode {
    return this.parent === undefined ? this : this.parent.root;
  }
}

/** One token of a JSON pointer, as RFC 6901 escapes it. */
export function escapeToken(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}
