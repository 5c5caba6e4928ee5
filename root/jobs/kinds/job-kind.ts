/** What a kind of job is to a root: how it is asked for, and what it makes of each document that matches. */
import type { CatalogState, IndexDefinition } from '../../../shared/catalog/catalog.ts';
import type { JobCount, JobSpec } from '../../../shared/jobs/job-entry.ts';
import type { Properties } from '../../../shared/json/read-object.ts';
import type { Result } from '../../../shared/judge/judge.ts';
import type { IndexOperation } from '../../kinds/root-kind.ts';
import type { ScannedDocument } from '../scan-page.ts';

/** What bodies are held against. */
export interface JobPlaces {
  /** The index of a name that may be written to. @throws SheafError INDEX_NOT_FOUND, INDEX_KIND_WRONG, INDEX_APPEND_ONLY */
  readonly find: (name: string) => Promise<IndexDefinition>;
  readonly catalog: { readonly state: CatalogState };
}

/** What a body says of one kind of job only. */
export type OwnProperty = 'document' | 'into' | 'alias' | 'retireAs' | 'aggs';

export type JobKind = ChangingKind | AggregatingKind;

interface AnyKind {
  /** What the index has to be able to do. */
  readonly operation: IndexOperation;
  /** Properties of the body besides those of all jobs. */
  readonly properties: readonly OwnProperty[];
  /** @throws SheafError REQUEST_FIELD_MISSING, REQUEST_TYPE_WRONG, and what the index says of a document */
  readonly read: (
    properties: Properties<OwnProperty>,
    index: IndexDefinition,
    places: JobPlaces,
  ) => Promise<Partial<JobSpec>>;
}

/** One that only reads, and has a result: see aggregate-work.ts. */
export interface AggregatingKind extends AnyKind {
  readonly does: 'aggregates';
}

/** One that makes a line of a bulk of each document that matches. */
export interface ChangingKind extends AnyKind {
  readonly does: 'changes';
  /** Whether it goes on with what is written after it was created, until it has caught up; then it also deletes what is gone. */
  readonly follows: boolean;
  /** What results count as, where that is not as for most. */
  readonly counts: { readonly [R in Result]?: JobCount };
  /** Whether it needs the documents themselves, and not only to know which. */
  readonly needsSources: boolean;
  /** The line of a bulk (docs/writing.md) that a document becomes, with a condition under which doing it twice is doing it once. */
  readonly lineOf: (spec: JobSpec, document: ScannedDocument) => string;
}
