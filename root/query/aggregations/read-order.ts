/** How callers say in which order terms are listed. */
import type { AggregationRequest, AggregationRequests } from '../../../shared/aggregation/definition.ts';
import { definitionOf } from '../../../shared/aggregation/table.ts';
import { byCount, type TermsOrder, type TermsOrderKey } from '../../../shared/aggregation/terms-order.ts';
import { readOnlyEntry } from '../../../shared/json/read-object.ts';
import { arrayOf, oneOf, type Reader } from '../../../shared/json/readers.ts';
import type { RequestNode } from '../../../shared/json/request-node.ts';
import { limits } from '../../../shared/limits.ts';
import type { NumbersOf } from './definition.ts';
import { elementOf, numberMeant, splitPath } from './number-path.ts';

const expected =
  '{"_count": "asc" | "desc"}, {"_key": "asc" | "desc"}, or the path of a number below, such as {"a": "desc"}';

/** What is nested in the buckets. */
export interface Nested {
  readonly aggregations: AggregationRequests;
  readonly numbersOf: NumbersOf;
}

/**
 * `{"_count": "desc"}`, `{"_key": "asc"}`, `{"prices.max": "desc"}`, `{"cheap>prices.max": "desc"}`, or an array of these, where later
 * ones decide between buckets that are equal by the earlier.
 */
export function orderReader({ aggregations, numbersOf }: Nested): Reader<TermsOrder> {
  const readKey = (node: RequestNode): TermsOrderKey => {
    const { name, node: entry } = readOnlyEntry(node, expected);
    const descending = (): boolean => oneOf(['asc', 'desc'])(entry) === 'desc';
    if (name === '_count' || name === '_key')
      return { by: name === '_count' ? 'count' : 'key', descending: descending() };
    return { by: 'metric', ...readPath(entry, name, { aggregations, numbersOf }), descending: descending() };
  };
  const readKeys = arrayOf(readKey, limits.sortKeysMax);
  return (node) => {
    if (!Array.isArray(node.value)) return [readKey(node)];
    const keys = readKeys(node);
    return keys.length === 0 ? byCount : keys;
  };
}

interface NumberPath {
  readonly path: readonly string[];
  readonly property: readonly string[];
}

/** Names with `>` between them; after the last a dot, or brackets, and which of its numbers, where it has several. */
function readPath(node: RequestNode, text: string, { aggregations, numbersOf }: Nested): NumberPath {
  const names = splitPath(text).map((name) => name.trim());
  let within = aggregations;
  for (const [i, name] of names.slice(0, -1).entries()) {
    const around = Object.hasOwn(within, name) ? within[name]! : undefined;
    if (around === undefined) throw unknownName(node, name, within);
    if (!('aggregations' in around) || !isOneBucket(around)) {
      throw node.invalid({
        expected: `a path through aggregations of one bucket each; ${name} is ${around.kind}`,
        actual: text,
      });
    }
    within = around.aggregations;
    // The documents of the bucket.
    if (names[i + 1] === '_count' && i + 2 === names.length)
      return { path: names.slice(0, -1), property: ['doc_count'] };
  }
  const last = names.at(-1)!;
  const element = elementOf(last, (name) => Object.hasOwn(within, name));
  if (element === null) throw unknownName(node, last, within);
  const { name, key, number } = element;
  const path = [...names.slice(0, -1), name];
  return { path, property: placeOf(node, within[name]!, key ?? number, numbersOf) };
}

/** Where the number stands in results. */
function placeOf(
  node: RequestNode,
  request: AggregationRequest,
  asked: string | null,
  numbersOf: NumbersOf,
): readonly string[] {
  const isOne = isOneBucket(request);
  const names = isOne ? ['_count'] : numbersOf(request).names;
  if (names.length === 0) {
    throw node.invalid({ expected: `an aggregation whose result is a number; ${request.kind} is none` });
  }
  const found = numberMeant(names, asked);
  if (found === undefined) {
    throw node.invalid({ expected: `one of the numbers of ${request.kind}: ${names.join(', ')}`, allowed: names });
  }
  return isOne ? ['doc_count'] : numbersOf(request).placeOf(found);
}

function isOneBucket(request: AggregationRequest): boolean {
  return definitionOf(request).partialKind === 'single';
}

function unknownName(node: RequestNode, name: string, within: AggregationRequests) {
  const allowed = ['_count', '_key', ...Object.keys(within)];
  return node.invalid({ expected: `_count, _key or the name of an aggregation in the buckets`, actual: name, allowed });
}
