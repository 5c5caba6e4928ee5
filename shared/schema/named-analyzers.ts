/**
 * The `analysis` of a schema: parts and analyzers by names, for its fields. What a field is kept with are the parts themselves, so
 * whoever has the field has its analyzer.
 */
import { analyzerNames, readAnalyzer, type AnalyzerDefinition } from '../analysis/analyzers.ts';
import { isObject, readEntries, readObject } from '../json/read-object.ts';
import type { RequestNode } from '../json/request-node.ts';

const partKinds = ['char_filter', 'tokenizer', 'filter'] as const;
type PartKind = (typeof partKinds)[number];
type NamedParts = ReadonlyMap<string, unknown>;

/** Analyzers of a schema by their names. */
export type NamedAnalyzers = ReadonlyMap<string, AnalyzerDefinition>;

/** @throws SheafError REQUEST_…, SCHEMA_INVALID for a name that stands for something already */
export function readNamedAnalyzers(node: RequestNode): NamedAnalyzers {
  const properties = readObject(node, [...partKinds, 'analyzer']);
  const none: NamedParts = new Map();
  const parts: Readonly<Record<PartKind, NamedParts>> = {
    char_filter: properties.optional('char_filter', readNamed, none),
    tokenizer: properties.optional('tokenizer', readNamed, none),
    filter: properties.optional('filter', readNamed, none),
  };
  const analyzers = new Map<string, AnalyzerDefinition>();
  const readAnalyzers = (child: RequestNode): void => {
    for (const { name, node: written } of readEntries(child)) {
      if (analyzerNames.some((known) => known === name)) {
        throw written.fault('SCHEMA_INVALID', { reason: 'an analyzer of this name is there already', name });
      }
      analyzers.set(name, readAnalyzer(withParts(written, parts)));
    }
  };
  properties.optional('analyzer', readAnalyzers, undefined);
  return analyzers;
}

function readNamed(node: RequestNode): NamedParts {
  return new Map(readEntries(node).map(({ name, node: part }) => [name, part.value]));
}

/** An analyzer with the parts that its names stand for. Parts name no parts, so none is cyclic. */
function withParts(node: RequestNode, named: Readonly<Record<PartKind, NamedParts>>): RequestNode {
  const { value } = node;
  if (!isObject(value)) return node;
  const written: Record<string, unknown> = { ...value };
  // As Elasticsearch has it.
  if (written['type'] === 'custom') delete written['type'];
  for (const kind of partKinds) {
    const of = (part: unknown): unknown => (typeof part === 'string' ? (named[kind].get(part) ?? part) : part);
    const part = written[kind];
    if (part !== undefined) written[kind] = Array.isArray(part) ? part.map(of) : of(part);
  }
  return node.alike(written);
}

/** A definition of a field in which a name of the schema's is the analyzer that it stands for. */
export function withNamedAnalyzers(node: RequestNode, named: NamedAnalyzers): RequestNode {
  const { value } = node;
  if (named.size === 0 || !isObject(value)) return node;
  const written: Record<string, unknown> = { ...value };
  for (const option of ['analyzer', 'searchAnalyzer']) {
    const name = written[option];
    const analyzer = typeof name === 'string' ? named.get(name) : undefined;
    if (analyzer !== undefined) written[option] = analyzer;
  }
  return node.alike(written);
}
