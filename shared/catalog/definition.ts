/** What an index is, and what may become of one: the contents of catalog entries. */
import type { IndexKind } from '../index-kinds/index-kinds.ts';
import type { IndexContents } from '../index-kinds/shared-kind.ts';
import type { FieldDefinition } from '../schema/schema.ts';

export interface IndexDefinition extends IndexContents {
  /** Unique, never used again, in this log or any other: see index-id.ts. */
  readonly id: string;
  readonly name: string;
  readonly kind: IndexKind;
  readonly shards: number;
  readonly replicas: number;
  /** What it is restored from; absent in an index that began empty. */
  readonly restored?: RestoredIndex;
  /** While it is copied to an index that is to take its place. */
  readonly move?: IndexMove;
  /** Catalog offset at which another last took its place under an alias. */
  readonly replacedAt?: number;
  /** The indexes whose place it took, by itself or by way of one of them, the last at the end; absent where it took none. */
  readonly took?: readonly PlaceTaken[];
  /** Whether it had another name, which it left to an alias: see key-scope.ts. */
  readonly isRenamed?: true;
  /** Documents are written, read and deleted with a routing only; absent, it is up to each of them. */
  readonly routing?: 'required';
  /**
   * When it was created, by the clock of the root that did, in milliseconds since 1970: what users mean by the age of an index. Nothing
   * that has to be correct hangs on it. Absent where nobody wrote it down.
   */
  readonly createdAtMs?: number;
}

/** The index that another one is in place of, as object storage had it. */
export interface RestoredIndex {
  readonly id: string;
  /** Identity of the log that its offsets were of. */
  readonly log: string;
  /** By shard: up to which offset it is back; −1 where object storage had nothing of it. */
  readonly offsets: readonly number[];
  /** Id of the snapshot that is kept, and has the shards; absent where they are what was stored last. */
  readonly snapshot?: string;
  /** Where the offsets of the new index begin: above all of those, and above any that the lost log gave after them. */
  readonly base: number;
}

/** What a new index is made of. */
export type NewIndex = Omit<
  IndexDefinition,
  'id' | 'name' | 'createdAtMs' | 'move' | 'replacedAt' | 'took' | 'isRenamed'
>;

/** An index whose place another one took, and what of it came along: see take-over.ts. */
export interface PlaceTaken {
  readonly id: string;
  /** By shard of it: each entry up to this log offset came to count in the other, and none beyond. */
  readonly until: readonly number[];
  /** By shard of the other: up to there its log has all of that. */
  readonly from: readonly number[];
}

/** What writers have to know of an index that another is to take the place of: see root/catalog/write-passage.ts. */
export interface IndexMove {
  /** Which job copies it. */
  readonly job: number;
  /** Offset of the entry since which nothing is written to it; null where writes go on. */
  readonly heldAt: number | null;
  /** Up to which log offset of each shard the copy goes, which was measured while the index was held; absent before that. */
  readonly until?: readonly number[];
}

/** In the order in which they come; a hold may be released and come again. */
export const moveSteps = ['begin', 'hold', 'measure', 'release', 'end'] as const;

export type MoveStep =
  | { readonly step: Exclude<(typeof moveSteps)[number], 'measure'> }
  /** Of the hold since that offset. Measured again, the copy goes as far as the higher of both. */
  | { readonly step: 'measure'; readonly heldAt: number; readonly until: readonly number[] };

/** One of the indexes of an alias. */
export interface AliasTarget {
  readonly index: string;
  /** Of the index: another one that takes its name later is not meant. */
  readonly id: string;
  /** The query, as JSON, of the documents that the alias shows; all of them where it is absent. */
  readonly filter?: unknown;
  /** Writes through the alias go here. */
  readonly write?: true;
  /** When writes moved on to another index by a roll, as `createdAtMs` says time; absent where none has. */
  readonly rolledAtMs?: number;
}

export interface AliasDefinition {
  readonly name: string;
  /** At least one, by the names of the indexes; at most one of them is written to. */
  readonly indexes: readonly AliasTarget[];
  /** Of one that took the name of an index: under what requests to that are remembered (key-scope.ts). */
  readonly keys?: string;
}

/** An index that is in the alias already is added as it is said now. */
export type AliasAction =
  | { readonly action: 'add'; readonly alias: string; readonly target: AliasTarget }
  | { readonly action: 'remove'; readonly alias: string; readonly id: string }
  /** Gives an index another name, in the aliases it is in, too. */
  | { readonly action: 'rename'; readonly id: string; readonly from: string; readonly to: string };

/**
 * Aliases change by it only while the index is held since that offset, and the copy goes as far as is said here. The copy has the place of the
 * index from then on, with what the index has got since: see take-over.ts.
 */
export interface MoveEnd {
  readonly index: string;
  readonly id: string;
  readonly heldAt: number;
  /** See IndexMove. */
  readonly until: readonly number[];
  /** See PlaceTaken. */
  readonly from: readonly number[];
  readonly into: string;
  readonly intoId: string;
  readonly base: CopyBase;
}

/** How an index and its copy compared when the copying began: what has changed since is carried over. */
export interface CopyBase {
  /** Fields of the index that the copy lacked, as `title` or `title.raw`: on purpose. */
  readonly lacks: readonly string[];
  /** Of the index. */
  readonly replicas: number;
}

/** An alias that each index of a template is added to. */
export interface TemplateAlias {
  readonly alias: string;
  readonly filter?: unknown;
  readonly write?: true;
}

/** When an alias rolls: writes move on to a new index once the one they go to has one of these. */
export interface RolloverPolicy {
  /** One of the aliases of the template, which is written to. */
  readonly alias: string;
  readonly documents?: number;
  readonly bytes?: number;
  readonly ageMs?: number;
  /** So long after writes have moved on an index is deleted; never where it is left out. */
  readonly deleteAfterMs?: number;
}

/** What an index is like that is created because it is written to. */
export interface TemplateDefinition {
  readonly name: string;
  /** Names of indexes, in which * stands for any characters; at least one. */
  readonly patterns: readonly string[];
  /** Of several templates that fit a name the one with the highest; no two that fit one name have the same. */
  readonly priority: number;
  readonly definition: NewIndex;
  readonly aliases: readonly TemplateAlias[];
  readonly rollover?: RolloverPolicy;
}

/**
 * An index and its place in aliases, in one step: the index is created and in all of them, or not at all. With `from` it takes the
 * place of the index that the alias is written to, where that is still the one with this id.
 */
export interface CreateUnder {
  readonly change: 'createUnder';
  readonly epoch?: string;
  readonly definition: NewIndex;
  /** Writes have moved on from an index that is restored since `rolledAtMs`. */
  readonly aliases: readonly (TemplateAlias & Pick<AliasTarget, 'rolledAtMs'>)[];
  readonly from?: { readonly alias: string; readonly id: string };
  /** See IndexDefinition.createdAtMs. */
  readonly atMs: number;
}

/** What is known of a message beside its value, as a field of its document. */
export const sourceFacts = ['topic', 'partition', 'offset', 'timestamp', 'key'] as const;
export type SourceFact = (typeof sourceFacts)[number];

/** Under which key a message is written. */
export type SourceKey =
  /** Its own, which is text. */
  | { readonly of: 'message' }
  | { readonly of: 'field'; readonly field: string }
  /** Made of topic, partition and offset: each message is a document of its own. */
  | { readonly of: 'place' };

/** A topic of Kafka whose messages are documents of an index. */
export interface SourceSpec {
  readonly name: string;
  /** `host:port` of some brokers, at least one. */
  readonly brokers: readonly string[];
  readonly topic: string;
  /** Name of the index, or of an alias that is written to. */
  readonly index: string;
  readonly key: SourceKey;
  /** Dotted path to the object inside the value that is the document; absent, it is the value. */
  readonly at?: string;
  /** Fields that are added to each document. */
  readonly add: Readonly<Record<string, SourceFact>>;
  /** Where the topic is begun: with all it has, or with what comes. */
  readonly from: 'earliest' | 'latest';
  /** The topic of messages that are no documents. */
  readonly deadLetters: string;
}

export interface SourceDefinition extends SourceSpec {
  /** Offset of the entry that created it: unique, never used again. */
  readonly id: number;
}

/** Body of a catalog entry; the entry's key is the index's name, `aliasesKey`, `templatesKey` or `sourcesKey`. */
export type CatalogChange =
  | {
      readonly change: 'create';
      readonly definition: NewIndex;
      readonly atMs?: number;
      /** Of the log: stands in the id of the index. Left out where no other log is ever to be told from it. */
      readonly epoch?: string;
    }
  | CreateUnder
  /** Deletes an index that writes through the alias have moved on from; not where any alias is written to by it. */
  | { readonly change: 'expire'; readonly id: string; readonly alias: string }
  | { readonly change: 'setTemplate'; readonly template: TemplateDefinition }
  | { readonly change: 'deleteTemplate'; readonly template: string }
  | { readonly change: 'setSource'; readonly source: SourceSpec }
  | { readonly change: 'deleteSource'; readonly source: string }
  | { readonly change: 'addFields'; readonly id: string; readonly fields: Readonly<Record<string, FieldDefinition>> }
  | { readonly change: 'setReplicas'; readonly id: string; readonly replicas: number }
  | { readonly change: 'delete'; readonly id: string }
  | ({ readonly change: 'move'; readonly id: string; readonly job: number } & MoveStep)
  | { readonly change: 'setAliases'; readonly actions: readonly AliasAction[]; readonly ends?: MoveEnd };

/** The key of entries about aliases, which is no name of an index. */
export const aliasesKey = '_aliases';

/** The key of entries about templates, which is no name of an index either. */
export const templatesKey = '_templates';

/** The key of entries about sources, which is none. */
export const sourcesKey = '_sources';
