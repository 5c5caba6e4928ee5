import { readObject } from '../../../shared/json/read-object.ts';
import { arrayOf } from '../../../shared/json/readers.ts';
import type { Reader } from '../../../shared/json/readers.ts';
import { limits } from '../../../shared/limits.ts';
import { checkKey, keyText } from '../../../shared/schema/key.ts';
import { withBoost } from '../boost.ts';
import { faultsOf } from '../fields.ts';
import type { ReadClause } from '../query-scope.ts';

const readOneKey: Reader<string> = (node) => {
  const key = keyText(node.value);
  if (key === undefined) throw node.wrongType('a string or an integer');
  return key;
};

/** `{"values": [keys], "boost"?}`, integers meaning their digits as in a document. Keys that no document can have match nothing. */
export const readIds: ReadClause = (node, scope) => {
  const properties = readObject(node, ['values', 'boost']);
  const keys = properties.required('values', arrayOf(readOneKey, limits.queryValuesMax));
  scope.budget.spend(1, faultsOf(node));
  const possible = [...new Set(keys)].filter((key) => checkKey(key) === null);
  return withBoost(possible.length === 0 ? { kind: 'none' } : { kind: 'ids', keys: possible }, properties);
};
