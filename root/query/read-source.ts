import { isObject, readObject } from '../../shared/json/read-object.ts';
import { oneOrMany, readNonEmptyString } from '../../shared/json/readers.ts';
import type { RequestNode } from '../../shared/json/request-node.ts';
import { limits } from '../../shared/limits.ts';
import type { SourceFilter } from '../../shared/query/request.ts';

const readPatterns = oneOrMany(readNonEmptyString, limits.fieldsMax);

/** `true`, `false`, a pattern, an array of them, or `{"includes"?, "excludes"?}`. No pattern at all is `true`. */
export function readSource(node: RequestNode): SourceFilter {
  const { value } = node;
  if (typeof value === 'boolean') return value;
  if (isObject(value)) {
    const properties = readObject(node, ['includes', 'excludes']);
    const includes = properties.optional('includes', readPatterns, []);
    return sourceFilter(includes, properties.optional('excludes', readPatterns, []));
  }
  if (typeof value !== 'string' && !Array.isArray(value)) {
    throw node.wrongType('true, false, a string, an array of strings or an object');
  }
  return sourceFilter(readPatterns(node), []);
}

function sourceFilter(includes: readonly string[], excludes: readonly string[]): SourceFilter {
  return includes.length + excludes.length === 0 ? true : { includes, excludes };
}
