/** Reading the body of POST /v1/aliases. */
import { SheafError } from '../../shared/errors.ts';
import { isObject, readObject, readOnlyEntry } from '../../shared/json/read-object.ts';
import { arrayOf, readBoolean, readString, type Reader } from '../../shared/json/readers.ts';
import { RequestNode } from '../../shared/json/request-node.ts';
import { limits } from '../../shared/limits.ts';
import { checkIndexName } from '../../shared/schema/index-name.ts';

/** One action, of which nothing has been looked up. */
export interface AskedAction {
  readonly action: 'add' | 'remove';
  readonly alias: string;
  /** Name of an index. */
  readonly index: string;
  /** Where `index` stands in the body. */
  readonly node: RequestNode;
  /** A query, to be read by the schema of the index. */
  readonly filter?: RequestNode;
  readonly write: boolean;
}

const asNode: Reader<RequestNode> = (node) => node;

/**
 * `{"actions": [{"add": {"alias", "index", "filter"?, "write"?}}, {"remove": {"alias", "index"}}]}`: at least one.
 * @throws SheafError BODY_MISSING, REQUEST_…, INDEX_NAME_INVALID
 */
export function parseAliasesBody(body: unknown): AskedAction[] {
  if (body === undefined) throw new SheafError('BODY_MISSING');
  const actions = readObject(RequestNode.body(body), ['actions']).required('actions', asNode);
  const read = arrayOf(readAction, limits.aliasActionsMax)(actions);
  if (read.length === 0) throw actions.invalid({ expected: 'at least one action', actual: 'none' });
  return read;
}

function readAction(node: RequestNode): AskedAction {
  const { name, node: body } = readOnlyEntry(node, 'an object with one action: add or remove');
  if (name !== 'add' && name !== 'remove') throw node.invalid({ expected: 'add or remove', actual: name });
  const properties = readObject(body, name === 'add' ? ['alias', 'index', 'filter', 'write'] : ['alias', 'index']);
  const alias = properties.required('alias', readName);
  const index = properties.required('index', asNode);
  const filter = properties.optional('filter', readAliasFilter, undefined);
  const write = properties.optional('write', readBoolean, false);
  return {
    action: name,
    alias,
    index: readString(index),
    node: index,
    write,
    ...(filter === undefined ? {} : { filter }),
  };
}

function readName(node: RequestNode): string {
  const name = readString(node);
  checkIndexName(name, node.at);
  return name;
}

/** @throws SheafError REQUEST_… unless it is an object of few enough bytes */
export function readAliasFilter(node: RequestNode): RequestNode {
  if (!isObject(node.value)) throw node.wrongType('a query');
  const limit = limits.aliasFilterBytesMax;
  const actual = Buffer.byteLength(JSON.stringify(node.value));
  if (actual > limit) throw node.invalid({ expected: `at most ${limit} bytes of JSON`, limit, actual });
  return node;
}
