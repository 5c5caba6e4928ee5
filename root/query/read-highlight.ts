import { isObject, readEntries, readObject } from '../../shared/json/read-object.ts';
import { arrayOf, integerWithin, oneOf, readString } from '../../shared/json/readers.ts';
import type { Reader } from '../../shared/json/readers.ts';
import type { RequestNode } from '../../shared/json/request-node.ts';
import { limits } from '../../shared/limits.ts';
import type { HighlightedField, HighlightRequest } from '../../shared/query/highlight.ts';
import { isAnalyzed } from '../../shared/schema/find-field.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { faultsOf, requireKind, resolveField, stringKinds } from './fields.ts';

interface Cut {
  readonly fragmentSize: number;
  readonly fragments: number;
}

const cutDefault: Cut = { fragmentSize: 100, fragments: 5 };
const cutProperties = ['fragment_size', 'number_of_fragments'] as const;
const readFragmentSize = integerWithin(1, limits.fragmentSizeMax);
const readFragments = integerWithin(0, limits.fragmentsMax);

const readTag: Reader<string> = (node) => {
  const tag = readString(node);
  const limit = limits.highlightTagLengthMax;
  if (tag.length > limit) throw node.invalid({ expected: `at most ${limit} characters`, limit, actual: tag.length });
  if (!tag.isWellFormed()) throw node.invalid({ expected: 'a string without lone surrogates' });
  return tag;
};

/**
 * `highlight`: which fields, as names or as an object with options for each, and how what matched is marked.
 * @throws SheafError for the first fault, RESULT_WINDOW_TOO_LARGE among them
 */
export function readHighlight(
  node: RequestNode,
  { hits, schema }: { readonly hits: number; readonly schema: IndexSchema },
): HighlightRequest {
  const limit = limits.highlightedHitsMax;
  if (hits > limit) throw node.fault('RESULT_WINDOW_TOO_LARGE', { limit, actual: hits });
  const properties = readObject(node, ['fields', 'pre_tag', 'post_tag', 'encoder', ...cutProperties]);
  const cut: Cut = {
    fragmentSize: properties.optional('fragment_size', readFragmentSize, cutDefault.fragmentSize),
    fragments: properties.optional('number_of_fragments', readFragments, cutDefault.fragments),
  };
  return {
    fields: properties.required('fields', (fields) => readFields(fields, schema, cut)),
    preTag: properties.optional('pre_tag', readTag, '<em>'),
    postTag: properties.optional('post_tag', readTag, '</em>'),
    encoder: properties.optional('encoder', oneOf(['default', 'html']), 'default'),
  };
}

function readFields(node: RequestNode, schema: IndexSchema, cut: Cut): HighlightedField[] {
  const countMax = limits.highlightedFieldsMax;
  if (!isObject(node.value)) {
    return arrayOf((item) => shownField(item, readString(item), schema, cut), countMax)(node);
  }
  const entries = readEntries(node);
  if (entries.length > countMax) {
    throw node.invalid({ expected: `at most ${countMax} fields`, limit: countMax, actual: entries.length });
  }
  return entries.map(({ name, node: options }) => shownField(options, name, schema, readCut(options, cut)));
}

function readCut(node: RequestNode, otherwise: Cut): Cut {
  const properties = readObject(node, cutProperties);
  return {
    fragmentSize: properties.optional('fragment_size', readFragmentSize, otherwise.fragmentSize),
    fragments: properties.optional('number_of_fragments', readFragments, otherwise.fragments),
  };
}

function shownField(node: RequestNode, name: string, schema: IndexSchema, cut: Cut): HighlightedField {
  const fault = faultsOf(node);
  const field = resolveField(schema, name, fault);
  requireKind(schema, field, stringKinds, fault);
  return {
    name,
    path: field.path,
    kind: isAnalyzed(field) ? 'text' : 'keyword',
    ...(field.analyzer === undefined ? {} : { analyzer: field.analyzer }),
    ...cut,
  };
}
