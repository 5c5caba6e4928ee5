/** Reading the body of POST /v1/indexes/{index}/analyze. */
import { defaultAnalyzer, readAnalyzer, type AnalyzerDefinition } from '../../shared/analysis/analyzers.ts';
import { SheafError } from '../../shared/errors.ts';
import { readObject } from '../../shared/json/read-object.ts';
import { readString } from '../../shared/json/readers.ts';
import { RequestNode } from '../../shared/json/request-node.ts';
import { limits } from '../../shared/limits.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { analyzedKinds, readFieldName } from './fields.ts';

export interface AnalyzeRequest {
  readonly analyzer: AnalyzerDefinition;
  readonly text: string;
}

/**
 * `{"text", "field" | "analyzer"}`: the text as a text field of the index sees it, or as an analyzer does.
 * @throws SheafError BODY_MISSING, REQUEST_…, FIELD_UNKNOWN, FIELD_KIND_WRONG
 */
export function parseAnalyzeBody(body: unknown, schema: IndexSchema): AnalyzeRequest {
  if (body === undefined) throw new SheafError('BODY_MISSING');
  const node = RequestNode.body(body);
  const properties = readObject(node, ['field', 'analyzer', 'text']);
  if (properties.has('field') === properties.has('analyzer')) {
    const actual = properties.has('field') ? 'both' : 'neither';
    throw node.invalid({ expected: 'either field or analyzer', actual });
  }
  const field = properties.optional('field', (name) => readFieldName(name, schema, analyzedKinds), undefined);
  const analyzer = properties.optional('analyzer', readAnalyzer, field?.analyzer ?? defaultAnalyzer);
  return { analyzer, text: properties.required('text', readTextToAnalyze) };
}

function readTextToAnalyze(node: RequestNode): string {
  const text = readString(node);
  const limit = limits.analyzedLengthMax;
  if (text.length <= limit) return text;
  throw node.invalid({ expected: `a string of at most ${limit} characters`, limit, actual: text.length });
}
