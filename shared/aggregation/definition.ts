/**
 * What a kind of aggregation is to both sides of the wire. It has three shapes that are never mixed: each leaf makes a
 * partial of a request, partials merge in any order and grouping, and only the root makes a result of what was merged.
 *
 * A kind stands in one file, which adds its shapes to AggregationByKind below: so kinds that nest others can say "any
 * aggregation" without a circle of imports. table.ts lists the kinds, and does not compile without all of them.
 */
import type { ErrorCode } from '../errors.ts';
import type { Validator } from '../json/validators.ts';
import type { Fields } from '../protocol/partial-fields.ts';
import type { BigInts } from './big-ints.ts';
import type { AnswerBudget } from './answer-budget.ts';
import type { Missing } from './missing-shards.ts';
import type { Pace, Steps } from './steps.ts';

/**
 * Of each kind, by the name that callers use, its `request`, `partial` and `result`. All three are plain JSON; `kind` of
 * the request is the name, `kind` of the partial says which kinds merge alike.
 */
export interface AggregationByKind {}

export type AggregationKind = keyof AggregationByKind;

/** Of kinds with a `stepped` of true what is in a bucket may be large: they merge and finish in steps, as those with buckets do. */
type IsStepped<K extends AggregationKind> =
  RequestOf<K> extends { readonly aggregations: AggregationRequests }
    ? true
    : AggregationByKind[K] extends { readonly stepped: true }
      ? true
      : false;

export type RequestOf<K extends AggregationKind> = AggregationByKind[K]['request'];
export type PartialOf<K extends AggregationKind> = AggregationByKind[K]['partial'];
export type ResultOf<K extends AggregationKind> = AggregationByKind[K]['result'];

/** What a caller asks to be aggregated, resolved against the schema. */
export type AggregationRequest = RequestOf<AggregationKind>;
/** A mergeable piece of an aggregation: what a leaf sends. */
export type AggregationPartial = PartialOf<AggregationKind>;
/** What a caller sees of an aggregation, in Elasticsearch's shape. */
export type AggregationResult = ResultOf<AggregationKind>;

/** By the caller's name. */
export type AggregationRequests = Readonly<Record<string, AggregationRequest>>;
/** By the caller's name; the same names as in the request. */
export type AggregationPartials = Readonly<Record<string, AggregationPartial>>;
/** By the caller's name. */
export type AggregationResults = Readonly<Record<string, AggregationResult>>;

/** What a kind does. What is nested in its buckets is passed to the function that every member is given for it. */
export interface AggregationDefinition<K extends AggregationKind> {
  /** Whether its buckets hold further aggregations, those under `aggregations` of the request. */
  readonly nests: Nests<K>;
  /** `kind` of its partials. */
  readonly partialKind: PartialOf<K>['kind'];
  /** Validates a request that came with a task. Whether its field fits is not validated, nor is what is nested in it. */
  readonly validate: Validator;
  /** Whether it asks how documents score; left out by kinds that never do. */
  readonly readsScores?: (request: RequestOf<K>) => boolean;
  /**
   * Whether what a leaf sent, whose `kind` is right, is a partial of the request. Cost: one check of each number and bucket. Kinds with
   * buckets do it in steps.
   */
  readonly isPartial: (request: RequestOf<K>, partial: Fields, checking: Checking) => Checked<K>;
  /**
   * One partial that says what the parts say together; of none, that of no documents. Associative and commutative to the
   * byte. Kinds with buckets, and those that are stepped, do it in steps, as `finish`.
   */
  readonly merge: (request: RequestOf<K>, parts: readonly PartialOf<K>[], mergeNested: MergePartials) => Merged<K>;
  /**
   * The result of what was merged: only here are partials divided, ordered and cut. Kinds with buckets do it in steps of some
   * buckets, which `nested` counts.
   * @throws SheafError AGGREGATION_TOO_MANY_BUCKETS, AGGREGATION_TOO_LARGE, REQUEST_VALUE_INVALID, SUM_TOO_LARGE
   */
  readonly finish: (request: RequestOf<K>, partial: PartialOf<K>, finishing: Finishing) => Finished<K>;
  /**
   * Bytes of a result in JSON, about, whatever it is of: so what is in many buckets is counted at once, before any is made. What results
   * of the request have besides, as buckets and documents, `finish` counts (`Finishing.take`).
   */
  readonly resultBytes: (request: RequestOf<K>) => number;
  /**
   * What the result says besides where shards did not answer: `bounds` that the true numbers are within in every case, and an
   * `estimate`. Left out by kinds that no rule bounds, which say so, and by those with buckets, which say it in each (`finishBuckets`).
   */
  readonly bounds?: (
    request: RequestOf<K>,
    partial: PartialOf<K>,
    missing: Missing,
    options: FinishOptions,
  ) => SaidOfKind;
  /** What may still be asked once all parts have come. Left out by kinds that are as accurate after one round as they get. */
  readonly rounds?: AggregationRounds<K>;
}

/** The rounds of a kind after the first. All read the states that the first has read. */
export interface AggregationRounds<K extends AggregationKind> {
  /** Whether another round may follow, whatever the first one finds. */
  readonly mayFollow: (request: RequestOf<K>) => boolean;
  /**
   * What each part is asked next; null where nothing is to be asked of it, and of all of them where that is all.
   * @param parts of the same request, with what was asked of each so far
   */
  readonly next: (
    request: RequestOf<K>,
    parts: readonly PartialOf<K>[],
    asking: Asking,
  ) => Steps<readonly (RequestOf<K> | null)[]>;
  /** A part with what it answered besides. */
  readonly amend: (request: RequestOf<K>, part: PartialOf<K>, answered: Answered<K>) => Steps<PartialOf<K>>;
}

export interface Asking {
  /** How results are made of what is in buckets, as far as an order looks at it. */
  readonly finishing: Finishing;
  readonly mergeNested: MergePartials;
  /** Rounds that may follow, the one that is asked for among them; at least 1. */
  readonly roundsLeft: number;
  /** To be told why not all is asked for that would be needed; what is not told of is not known to be needed. */
  readonly onEnd: (reason: RoundsEnd) => void;
}

/** Why nothing more was asked, where that may be why the answer is no more accurate. */
export type RoundsEnd =
  /** The time of the search was over. */
  | 'time_over'
  /** There had been as many rounds as there may be. */
  | 'rounds_over'
  /** More terms might belong in the list than are asked for. */
  | 'too_many_terms'
  /** Their keys were more bytes than one task may have. */
  | 'keys_too_long';

export interface Answered<K extends AggregationKind> {
  readonly asked: RequestOf<K>;
  /** Merged of all that the part is of. */
  readonly answer: PartialOf<K>;
  readonly empty: Finishing['empty'];
}

/** What the rounds of an aggregation have taken. */
export interface RoundsTold {
  /** From 1. */
  readonly rounds: number;
  /** Of all answers in them, with what else came in the same messages. */
  readonly bytes: number;
  /** Why a later round ended without all it asked for, by code, in shards; left out where none did. */
  readonly failures?: readonly RoundFailure[];
  readonly ended?: RoundsEnd;
}

export interface RoundFailure {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly shards: number;
}

/** Members `bounds` and `estimate`, see say-bounds.ts. */
export type SaidOfKind = Readonly<Record<'bounds' | 'estimate', unknown>>;

type Nests<K extends AggregationKind> = K extends AggregationKind
  ? RequestOf<K> extends { readonly aggregations: AggregationRequests }
    ? true
    : false
  : never;

type Merged<K extends AggregationKind> = K extends AggregationKind ? InSteps<K, PartialOf<K>> : never;
type Finished<K extends AggregationKind> = K extends AggregationKind ? InSteps<K, ResultOf<K>> : never;
type InSteps<K extends AggregationKind, T> = IsStepped<K> extends true ? Steps<T> : T;

type Checked<K extends AggregationKind> = K extends AggregationKind
  ? Nests<K> extends true
    ? Steps<boolean>
    : boolean
  : never;

/** What kinds with buckets need to check what a leaf sent. */
export interface Checking {
  /** Of all that is checked. */
  readonly pace: Pace;
  /** Whether what is nested in a bucket is partials of its requests; in steps where buckets are in it. */
  readonly areNested: (requests: AggregationRequests, partials: unknown) => boolean | Steps<boolean>;
}

export type MergePartials = (
  requests: AggregationRequests,
  parts: readonly AggregationPartials[],
) => Steps<AggregationPartials>;

/** What is known of an answer besides its partials. */
export interface FinishOptions {
  /** Whether every shard answered. */
  readonly isComplete: boolean;
  /** The shards that did not answer; null where all did, left out where nothing is to be said of them. */
  readonly missing?: Missing | null;
  /** Whether the values of a field are whole numbers, whose sums are told to the last digit. */
  readonly isWhole: (field: string) => boolean;
  /** Name of an index, by its id. */
  readonly nameOf?: (id: string) => string;
  /** How such sums are told beyond 2^53. */
  readonly bigInts: BigInts;
  /** What the rounds of an aggregation at the top have taken, by its merged partial; left out where that is not told. */
  readonly rounds?: ReadonlyMap<AggregationPartial, RoundsTold>;
  /** Answers of leaves that the partials are merged of; left out where that is not known. */
  readonly parts?: number;
  /** Of the answer; that of a search where it is left out. */
  readonly budget?: AnswerBudget;
}

/** What is known of a bucket that others are nested in. */
export interface NestedIn {
  /** Documents that it may lack besides `lacking`; 0 where left out. */
  readonly lacks?: number;
  /** What of the missing shards may be in it, null where none is missing; where left out, nothing is known of them. */
  readonly missing?: Missing | null;
  /** Buckets in it are not part of the answer, as where numbers are only looked up: they are counted apart. */
  readonly isListed?: false;
}

/** What kinds need to finish their partials, those with buckets above all. */
export interface Finishing extends FinishOptions {
  /** Of all of the answer. */
  readonly budget: AnswerBudget;
  /**
   * Counts buckets with all that is shown of each but its key and the buckets in it, before they are made.
   * @throws SheafError AGGREGATION_TOO_MANY_BUCKETS, AGGREGATION_TOO_LARGE
   */
  readonly take: (count: number, aggregations: AggregationRequests) => void;
  /** Of all that is finished. */
  readonly pace: Pace;
  /**
   * Documents that the bucket around may lack, as parts cut it away: as many more may be in each bucket within, and in every other
   * number. 0 at the top.
   */
  readonly lacking: number;
  /** Throws what `take` would, and counts nothing: before buckets are made of which some are not listed or counted later. */
  readonly foresee: (count: number, aggregations: AggregationRequests) => void;
  /** The results of what is nested in a bucket, by the caller's names. */
  readonly nested: (
    requests: AggregationRequests,
    partials: AggregationPartials,
    bucket?: NestedIn,
  ) => Steps<Readonly<Record<string, unknown>>>;
  /** The partials of what is nested in a bucket without documents. */
  readonly empty: (requests: AggregationRequests) => AggregationPartials;
}

/**
 * The kind of a request, as the index of a table whose rows are made of one kind each. The type of a request says which
 * kind it is of; that its `kind` says the same is what no type can, so this is the only place that takes it for granted.
 */
export function kindOf<K extends AggregationKind>(request: RequestOf<K>): K {
  return request.kind as K;
}
