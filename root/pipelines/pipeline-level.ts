/** What stands in one `aggs`, as it is read: aggregations first, and then pipelines, each after those that it needs. */
import type { AggregationRequests } from '../../shared/aggregation/definition.ts';
import type { RequestNode } from '../../shared/json/request-node.ts';
import { callerAggregations } from '../query/aggregations/table.ts';
import { readBucketPath, readBucketsPath, type PathLevel } from './resolve-path.ts';
import type { Owner, Pipeline, PipelineDefinition } from './definition.ts';
import type { PipelinePlan } from './run-pipelines.ts';

export interface PipelineEntry {
  /** The caller's name of its kind. */
  readonly kind: string;
  readonly definition: PipelineDefinition;
  /** What stands under the kind. */
  readonly body: RequestNode;
}

export class PipelineLevel implements PathLevel {
  readonly requests: AggregationRequests;
  readonly pipelines: readonly string[];
  private readonly entries: ReadonlyMap<string, PipelineEntry>;
  private readonly inner: ReadonlyMap<string, PipelineLevel>;
  private owner: Owner | null = null;
  /** In the order in which they were read, which is that in which they can run. */
  private readonly read = new Map<string, Pipeline>();
  private readonly reading: string[] = [];

  /** @param inner by name, of each aggregation that nests */
  constructor(
    requests: AggregationRequests,
    entries: ReadonlyMap<string, PipelineEntry>,
    inner: ReadonlyMap<string, PipelineLevel>,
  ) {
    this.requests = requests;
    this.entries = entries;
    this.inner = inner;
    this.pipelines = [...entries.keys()];
  }

  /**
   * Reads the pipelines, those further inside having been read.
   * @param owner the aggregation around the level; null at the top
   * @throws SheafError PIPELINE_MISPLACED, BUCKETS_PATH_…, EXPRESSION_INVALID, REQUEST_…
   */
  readPipelines(owner: Owner | null): void {
    this.owner = owner;
    for (const [name, { body }] of this.entries) this.pipeline(name, body);
  }

  pipeline(name: string, node: RequestNode): Pipeline {
    const known = this.read.get(name);
    if (known !== undefined) return known;
    if (this.reading.includes(name)) {
      throw node.fault('BUCKETS_PATH_CIRCULAR', { circle: [...this.reading.slice(this.reading.indexOf(name)), name] });
    }
    this.reading.push(name);
    const pipeline = this.readOne(name, this.entries.get(name)!);
    this.reading.pop();
    this.read.set(name, pipeline);
    return pipeline;
  }

  below(name: string): PathLevel {
    return this.inner.get(name)!;
  }

  /** Null where there is no pipeline here and none further inside. */
  plan(): PipelinePlan | null {
    const below = new Map<string, PipelinePlan>();
    for (const [name, level] of this.inner) {
      const plan = level.plan();
      if (plan !== null) below.set(name, plan);
    }
    if (this.read.size === 0 && below.size === 0) return null;
    const pipelines = [...this.read].map(([name, pipeline]) => ({ name, pipeline }));
    return { pipelines: pipelines.sort((a, b) => turnOf(a.pipeline) - turnOf(b.pipeline)), below };
  }

  private readOne(name: string, { kind, definition, body }: PipelineEntry): Pipeline {
    const { owner } = this;
    requirePlace(kind, definition, body, owner);
    return definition.read(body, {
      name,
      owner,
      readPath: (node) => readBucketPath(node, this, owner),
      readPathBeside: (node) => readBucketsPath(node, this),
    });
  }
}

const turns = { computes: 0, selects: 1, sorts: 2 } as const;

function turnOf(pipeline: Pipeline): number {
  return pipeline.of === 'buckets' ? turns[pipeline.turn] : turns.computes;
}

/** The order of the buckets of a histogram where it is asked for and is that which they have anyway. */
const ascending = JSON.stringify({ by: 'key', descending: false });

function requirePlace(kind: string, { place }: PipelineDefinition, node: RequestNode, owner: Owner | null): void {
  if (place === 'besideBuckets') return;
  const buckets = owner === null ? 'one' : callerAggregations[owner.kind].buckets;
  const around = owner?.kind ?? 'nothing';
  if (buckets === 'one' || (place === 'inSequence' && buckets !== 'sequence')) {
    const allowed = Object.entries(callerAggregations)
      .filter(([, each]) => each.buckets === 'sequence')
      .map(([name]) => name);
    const expected =
      place === 'inSequence'
        ? `to be among the aggs of one of ${allowed.join(', ')}`
        : 'to be among the aggs of an aggregation with several buckets';
    throw node.fault('PIPELINE_MISPLACED', { pipeline: kind, expected, around });
  }
  if (place !== 'inSequence' || owner === null || !('minDocCount' in owner.request)) return;
  const { minDocCount } = owner.request;
  const order = 'order' in owner.request ? owner.request.order : undefined;
  if (order !== undefined && JSON.stringify(order) !== ascending) {
    const inOrder = `the ${around} around it to be in ascending order of its keys`;
    throw node.fault('PIPELINE_MISPLACED', { pipeline: kind, expected: inOrder, around });
  }
  if (minDocCount === 0) return;
  const expected = `the ${around} around it to have min_doc_count 0, or buckets beside each other may have gaps between them`;
  throw node.fault('PIPELINE_MISPLACED', { pipeline: kind, expected, around, actual: minDocCount });
}
