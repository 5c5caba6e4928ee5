/** How callers say in which order terms are listed. */
import type { AggregationRequest, AggregationRequests } from '../../../shared/aggregation/definition.ts';
import { emptyPartials } from '../../../shared/aggregation/merge.ts';
import { definitionOf } from '../../../shared/aggregation/table.ts';
import { finishAggregations } from '../../../shared/aggregation/result.ts';
import { byCount, type TermsOrder, type TermsOrderKey } from '../../../shared/aggregation/terms-order.ts';
import { isObject, readOnlyEntry } from '../../../shared/json/read-object.ts';
import { arrayOf, oneOf, type Reader } from '../../../shared/json/readers.ts';
import type { RequestNode } from '../../../shared/json/request-node.ts';
import { limits } from '../../../shared/limits.ts';

const expected =
  '{"_count": "asc" | "desc"}, {"_key": "asc" | "desc"}, or the path of a number below, such as {"a": "desc"}';

/**
 * `{"_count": "desc"}`, `{"_key": "asc"}`, `{"prices.max": "desc"}`, `{"cheap>prices.max": "desc"}`, or an array of these, where later
 * ones decide between buckets that are equal by the earlier.
 * @param aggregations what is nested in the buckets
 */
export function orderReader(aggregations: AggregationRequests): Reader<TermsOrder> {
  const readKey = (node: RequestNode): TermsOrderKey => {
    const { name, node: entry } = readOnlyEntry(node, expected);
    const descending = (): boolean => oneOf(['asc', 'desc'])(entry) === 'desc';
    if (name === '_count' || name === '_key')
      return { by: name === '_count' ? 'count' : 'key', descending: descending() };
    return { by: 'metric', ...readPath(entry, name, aggregations), descending: descending() };
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
function readPath(node: RequestNode, text: string, aggregations: AggregationRequests): NumberPath {
  const names = text.split('>').map((name) => name.trim());
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
  const { name, property } = splitLast(names.at(-1)!, within);
  if (!Object.hasOwn(within, name)) throw unknownName(node, name, within);
  const path = [...names.slice(0, -1), name];
  return { path, property: propertyOf(node, within[name]!, property) };
}

/** Names may have dots, so the longest name that there is counts. */
function splitLast(text: string, within: AggregationRequests): { name: string; property: string | null } {
  if (Object.hasOwn(within, text)) return { name: text, property: null };
  const inBrackets = /^(.+)\[(.+)\]$/.exec(text);
  if (inBrackets !== null) return { name: inBrackets[1]!, property: inBrackets[2]! };
  for (let dot = text.lastIndexOf('.'); dot > 0; dot = text.lastIndexOf('.', dot - 1)) {
    const name = text.slice(0, dot);
    if (Object.hasOwn(within, name)) return { name, property: text.slice(dot + 1) };
  }
  return { name: text, property: null };
}

/** Where the number stands in results: found out of that of nothing, which has all properties. */
function propertyOf(node: RequestNode, request: AggregationRequest, property: string | null): readonly string[] {
  // Not asked of buckets, of which there may be very many where there is nothing.
  const result = 'aggregations' in request ? resultOfBuckets(request) : resultOfNothing(request);
  const values = result['values'];
  const single = 'doc_count' in result ? 'doc_count' : 'value' in result ? 'value' : null;
  const named = isObject(values) ? values : result;
  const names = single === null ? numbersIn(named) : [single];
  if (names.length === 0) {
    throw node.invalid({ expected: `an aggregation whose result is a number; ${request.kind} is none` });
  }
  if (property === null && single !== null) return [single];
  const asked = property === '_count' ? 'doc_count' : property;
  const found = names.find((name) => name === asked || (asked !== null && isSameNumber(name, asked)));
  if (found === undefined) {
    const allowed = names.map((name) => (name === 'doc_count' ? '_count' : name));
    throw node.invalid({ expected: `one of the numbers of ${request.kind}: ${allowed.join(', ')}`, allowed });
  }
  return isObject(values) && single === null ? ['values', found] : [found];
}

function numbersIn(result: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(result).filter((name) => typeof result[name] === 'number' || result[name] === null);
}

/** `99` is `99.0` of percentiles. */
function isSameNumber(name: string, asked: string): boolean {
  return name.trim() !== '' && asked.trim() !== '' && Number(name) === Number(asked);
}

function isOneBucket(request: AggregationRequest): boolean {
  return definitionOf(request).partialKind === 'single';
}

function resultOfBuckets(request: AggregationRequest): Readonly<Record<string, unknown>> {
  return isOneBucket(request) ? { doc_count: 0 } : {};
}

function resultOfNothing(request: AggregationRequest): Readonly<Record<string, unknown>> {
  const requests = { of: request };
  const results = finishAggregations(requests, emptyPartials(requests), {
    isComplete: true,
    isWhole: () => false,
    bigInts: 'string',
  });
  return Object.fromEntries(Object.entries(results['of']!));
}

function unknownName(node: RequestNode, name: string, within: AggregationRequests) {
  const allowed = ['_count', '_key', ...Object.keys(within)];
  return node.invalid({ expected: `_count, _key or the name of an aggregation in the buckets`, actual: name, allowed });
}
