import { arrayOf, readString } from '../../shared/json/readers.ts';
import type { Reader } from '../../shared/json/readers.ts';
import type { RequestNode } from '../../shared/json/request-node.ts';
import { limits } from '../../shared/limits.ts';
import type { After } from '../../shared/ranking/after.ts';
import type { SortKey, SortValue } from '../../shared/ranking/order.ts';
import { placePattern } from '../../shared/ranking/place.ts';
import { findField } from '../../shared/schema/find-field.ts';
import { definitionOf } from '../../shared/schema/kinds/field-kinds.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { unreadable } from './operand.ts';

const asNode: Reader<RequestNode> = (node) => node;

/**
 * `search_after`: the `sort` of a hit, which is a value for each sort key and, where the search was pinned, the place of
 * the hit. Without the place all hits with these values are passed over.
 * @throws SheafError REQUEST_TYPE_WRONG, REQUEST_VALUE_INVALID
 */
export function readSearchAfter(node: RequestNode, sort: readonly SortKey[], schema: IndexSchema): After {
  const nodes = arrayOf(asNode, limits.sortKeysMax + 1)(node);
  const needsPlace = sort.some((key) => key.by === 'position');
  const hasPlace = nodes.length === sort.length + 1;
  if (!hasPlace && (nodes.length !== sort.length || needsPlace)) {
    const place = needsPlace ? ' and the place of the hit, as a search with at gives them' : '';
    const expected = `a value for each of the ${sort.length} sort keys${place}`;
    throw node.invalid({ expected, actual: `${nodes.length} values` });
  }
  const values = sort.map((key, i) => readSortValue(nodes[i]!, key, schema));
  return hasPlace ? { values, place: readPlace(nodes[sort.length]!) } : { values };
}

function readSortValue(node: RequestNode, key: SortKey, schema: IndexSchema): SortValue {
  const { value } = node;
  if (key.by !== 'field') {
    if (typeof value !== 'number') throw node.wrongType('a number');
    return value;
  }
  if (value === null) return null;
  const kind = definitionOf(findField(schema, key.field)!.kind);
  const reading = kind.readShown(value);
  if (reading.kind === 'wrong') throw unreadable(node, `${reading.expected}, or null`, kind);
  return reading.value;
}

function readPlace(node: RequestNode): { shard: number; offset: number } {
  const match = placePattern.exec(readString(node));
  if (match === null) throw node.invalid({ expected: 'the place of a hit, as "3:4711"' });
  return { shard: Number(match[1]), offset: Number(match[2]) };
}
