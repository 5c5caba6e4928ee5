import { SheafError } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';
import { describeValue } from './describe-value.ts';

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

  private constructor(
    value: unknown,
    place: { parent?: RequestNode; token: string | number; origin: 'body' | 'parameter' },
  ) {
    this.value = value;
    this.parent = place.parent;
    this.token = place.token;
    this.origin = place.origin;
  }

  /** A whole body. */
  static body(value: unknown): RequestNode {
    return new RequestNode(value, { token: '', origin: 'body' });
  }

  /** The value of a URL parameter, already turned into the JSON that a body would hold. */
  static parameter(name: string, value: unknown): RequestNode {
    return new RequestNode(value, { token: name, origin: 'parameter' });
  }

  /** A value inside this one, under a property name or an array index. */
  child(token: string | number, value: unknown): RequestNode {
    return new RequestNode(value, { parent: this, token, origin: this.origin });
  }

  get at(): string {
    if (this.parent === undefined) return String(this.token);
    if (this.origin === 'parameter') return this.parent.at;
    return `${this.parent.at}/${escapeToken(String(this.token))}`;
  }

  fault(code: ErrorCode, detail: Detail): SheafError {
    return new SheafError(code, { at: this.at, detail });
  }

  /** @param expected the type in words, such as `a string` */
  wrongType(expected: string): SheafError {
    const code = this.origin === 'body' ? 'REQUEST_TYPE_WRONG' : 'PARAMETER_INVALID';
    return this.fault(code, { expected, actual: describeValue(this.value) });
  }

  /** @param detail at least `expected`, in words */
  invalid(detail: Detail & { readonly expected: string }): SheafError {
    const code = this.origin === 'body' ? 'REQUEST_VALUE_INVALID' : 'PARAMETER_INVALID';
    return this.fault(code, { actual: describeValue(this.value), ...detail });
  }
}

/** One token of a JSON pointer, as RFC 6901 escapes it. */
export function escapeToken(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}
