/**
 * What searches see of a replica, by the kind of its index. A task is about one index, so all its snapshots are of one
 * kind; what it asks may not be something that this kind answers.
 */
import { SheafError } from '../../shared/errors.ts';
import type { IndexKind } from '../../shared/index-kinds/index-kind.ts';
import type { TermSnapshot } from '../terms/term-snapshot.ts';
import type { Snapshot } from './snapshot.ts';

/** A union of one member for each kind that is served. */
export type ReplicaSnapshot = Snapshot | TermSnapshot;

interface ShardSnapshot<S extends ReplicaSnapshot> {
  readonly shard: number;
  readonly snapshot: S;
}

/** The shards as those of a document index. @throws SheafError REQUEST_VALUE_INVALID when they are of another */
export function documentShards(shards: readonly ShardSnapshot<ReplicaSnapshot>[]): ShardSnapshot<Snapshot>[] {
  return shards.map((each) => (isOf(each, 'document') ? each : refuse('document', each)));
}

/** The same of a term index. */
export function termShards(shards: readonly ShardSnapshot<ReplicaSnapshot>[]): ShardSnapshot<TermSnapshot>[] {
  return shards.map((each) => (isOf(each, 'term') ? each : refuse('term', each)));
}

function isOf<K extends IndexKind>(
  shard: ShardSnapshot<ReplicaSnapshot>,
  kind: K,
): shard is ShardSnapshot<Extract<ReplicaSnapshot, { kind: K }>> {
  return shard.snapshot.kind === kind;
}

function refuse(expected: IndexKind, { snapshot }: ShardSnapshot<ReplicaSnapshot>): never {
  throw new SheafError('REQUEST_VALUE_INVALID', { at: '/index', detail: { expected, actual: snapshot.kind } });
}
