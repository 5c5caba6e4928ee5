import type { SheafError } from '../../../shared/errors.ts';
import type { ErrorCode } from '../../../shared/errors.ts';
import { shorten } from '../../../shared/json/describe-value.ts';
import type { RequestNode } from '../../../shared/json/request-node.ts';

/** Makes the faults of one query string; each carries the column, counted from 1 in characters (code points). */
export class StringFaults {
  readonly text: string;
  private readonly node: RequestNode;

  /** @param node where the query string stands in the request */
  constructor(text: string, node: RequestNode) {
    this.text = text;
    this.node = node;
  }

  /** @param position index into the text, in UTF-16 units */
  fault(code: ErrorCode, position: number, detail: Readonly<Record<string, unknown>> = {}): SheafError {
    const characters = this.text.slice(0, position).replace(/[\ud800-\udbff][\udc00-\udfff]/g, '_').length;
    return this.node.fault(code, { column: characters + 1, ...detail });
  }

  /** @param end past what was found there; the end of the text when it equals `position` */
  unexpected(position: number, end: number, expected: string): SheafError {
    const found = position === end ? 'the end' : shorten(this.text.slice(position, end));
    return this.fault('QUERY_STRING_INVALID', position, { expected, found });
  }
}
