/** The `aggs` of a search body: names to aggregations, which may have aggregations of their own for each bucket. */
import type { AggregationKind, AggregationRequest, RequestOf } from '../../shared/aggregation/definition.ts';
import { aggregationTable } from '../../shared/aggregation/table.ts';
import { shorten } from '../../shared/json/describe-value.ts';
import { readEntries, readObject } from '../../shared/json/read-object.ts';
import type { Properties } from '../../shared/json/read-object.ts';
import type { RequestNode } from '../../shared/json/request-node.ts';
import { limits } from '../../shared/limits.ts';
import type { SearchRequest } from '../../shared/query/request.ts';
import { PipelineLevel, type PipelineEntry } from '../pipelines/pipeline-level.ts';
import { pipelinesOf } from '../pipelines/run-pipelines.ts';
import { pipelineKinds, pipelineTable } from '../pipelines/table.ts';
import type { SearchScope } from './aggregations/definition.ts';
import { numbersOf } from './aggregations/numbers-of.ts';
import { aggregationKinds, callerAggregations } from './aggregations/table.ts';

/** What callers can ask for by name. */
const callerKinds: readonly string[] = [...aggregationKinds, ...pipelineKinds];

const nestedNames = ['aggs', 'aggregations'] as const;

const nameLengthMax = 100;

const noLevel = new PipelineLevel({}, new Map(), new Map());

type ReadAggregations = Pick<SearchRequest, 'aggregations' | 'pipelines'>;

interface ReadAggregation {
  readonly request: AggregationRequest;
  /** What is nested in it, where it nests. */
  readonly level?: PipelineLevel;
}

/** Reads the aggregations of one search. Counts them over all levels. */
export class AggregationReader {
  private readonly scope: SearchScope;
  private count = 0;

  constructor(scope: SearchScope) {
    this.scope = scope;
  }

  /** What stands under `aggs` or `aggregations` of a search; none where it has neither. */
  read(search: RequestNode, properties: Properties<'aggs' | 'aggregations'>): ReadAggregations {
    const level = this.readNested(search, properties, 0);
    level.readPipelines(null);
    const plan = level.plan();
    return { aggregations: level.requests, ...(plan === null ? {} : { pipelines: pipelinesOf(plan) }) };
  }

  /** The same of any object; its pipelines are still to be read. @param depth levels around it */
  private readNested(
    owner: RequestNode,
    properties: Properties<'aggs' | 'aggregations'>,
    depth: number,
  ): PipelineLevel {
    if (nestedNames.every((name) => properties.has(name))) {
      throw owner.invalid({ expected: 'aggs or aggregations, which mean the same', actual: 'both' });
    }
    const name = properties.has('aggs') ? 'aggs' : 'aggregations';
    return properties.optional(name, (node) => this.readAll(node, depth + 1), noLevel);
  }

  private readAll(node: RequestNode, depth: number): PipelineLevel {
    const entries = readEntries(node);
    const limit = limits.aggregationDepthMax;
    if (depth > limit && entries.length > 0) {
      throw node.invalid({ expected: `at most ${limit} levels of aggregations`, limit, actual: depth });
    }
    const requests: Record<string, AggregationRequest> = {};
    const pipelines = new Map<string, PipelineEntry>();
    const inner = new Map<string, PipelineLevel>();
    for (const { name, node: each } of entries) {
      checkName(each, name);
      this.spend(each);
      const read = this.readOne(each, depth);
      if ('definition' in read) pipelines.set(name, read);
      else requests[name] = read.request;
      if ('level' in read) inner.set(name, read.level);
    }
    return new PipelineLevel(requests, pipelines, inner);
  }

  private readOne(node: RequestNode, depth: number): PipelineEntry | ReadAggregation {
    const kinds = readEntries(node).filter((entry) => !(nestedNames as readonly string[]).includes(entry.name));
    const [entry] = kinds;
    if (entry === undefined || kinds.length > 1) {
      const actual = `an object with ${kinds.length} of them`;
      throw node.invalid({ expected: 'exactly one aggregation', allowed: callerKinds, actual });
    }
    const definition = pipelineTable.get(entry.name);
    if (definition !== undefined) {
      readObject(node, [entry.name]);
      return { kind: entry.name, definition, body: entry.node };
    }
    const kind = aggregationKinds.find((known) => known === entry.name);
    if (kind === undefined) {
      throw entry.node.fault('AGGREGATION_UNKNOWN', { aggregation: shorten(entry.name), allowed: callerKinds });
    }
    return this.readKind(kind, entry.node, node, depth);
  }

  private readKind<K extends AggregationKind>(
    kind: K,
    body: RequestNode,
    node: RequestNode,
    depth: number,
  ): ReadAggregation {
    const { nests } = aggregationTable[kind];
    // Where there are no buckets to aggregate in, nested aggregations are a fault.
    const properties = readObject(node, nests ? [kind, ...nestedNames] : [kind]);
    const { read, bucketProperties: hidden = [] } = callerAggregations[kind];
    const level = nests ? this.readNested(node, properties, depth) : null;
    const aggregations = level?.requests ?? {};
    const names = level === null ? [] : [...Object.keys(level.requests), ...level.pipelines];
    const clash = names.find((name) => hidden.includes(name));
    if (clash !== undefined) {
      const expected = `another name in buckets of ${kind}, which have ${hidden.join(', ')} of their own`;
      throw node.invalid({ expected, actual: clash });
    }
    const own = read(body, { ...this.scope, aggregations, numbersOf, depth });
    // A kind nests where its request has aggregations: AggregationDefinition says so.
    if (level === null) return { request: own as RequestOf<K> };
    level.readPipelines({ kind, request: own });
    return { request: { ...own, aggregations: level.requests } as RequestOf<K>, level };
  }

  private spend(node: RequestNode): void {
    const limit = limits.aggregationsMax;
    if (++this.count > limit) {
      throw node.invalid({
        expected: `at most ${limit} aggregations, nested ones included`,
        limit,
        actual: this.count,
      });
    }
  }
}

/** Properties of every bucket, which an aggregation inside it would hide. */
const bucketProperties = ['key', 'key_as_string', 'doc_count', 'doc_count_error_upper_bound'];

/** A name becomes a property of the response, so `__proto__` is none; brackets and > are kept free as in Elasticsearch. */
function checkName(node: RequestNode, name: string): void {
  const reserved = ['__proto__', ...bucketProperties];
  if (name !== '' && name.length <= nameLengthMax && !reserved.includes(name) && !/[[\]>]/.test(name)) return;
  const expected = `a name of 1 to ${nameLengthMax} characters without [, ] and >, and none of ${reserved.join(', ')}`;
  throw node.invalid({ expected, actual: shorten(name) });
}
