/**
 * What becomes of a conditional change, from the state of its key before it. Every replica judges each entry in the order of
 * the log, so all come to the same, and no lock is held by anybody.
 *
 * Pure, and fixed for good under its version: another rule is another version of the judgement (change.ts), or replicas of
 * two versions that read the same log would hold different documents.
 */
import { limits } from '../limits.ts';
import type { Change, Condition, Patch } from './change.ts';
import { deleteAt, noOrigin, putAt, versionOf, type KeyState, type SaidOfDocument } from './key-state.ts';
import { mergePatch, type Merged } from './merge-patch.ts';

/** In the order of their codes in stored files and on the wire, from 0. New ones go to the end. */
export const results = [
  'created',
  'updated',
  /** A patch that would have changed nothing; a copy or its delete that comes after a later one of the same. */
  'noop',
  'deleted',
  /** There is no document to delete, to patch, or that should have existed; or none that is the copy to delete. */
  'not_found',
  /** The condition does not hold. */
  'conflict',
  /** The patched document would be larger than a document may be. */
  'too_large',
  /** The document or the patch is no JSON object. */
  'unmergeable',
  /** The patched document would be nested deeper than a document may be. */
  'too_deep',
] as const;
export type Result = (typeof results)[number];

/** What whoever asked for the change is told. */
export interface Outcome {
  readonly result: Result;
  /** Of the key after the entry, 0 where it was never there. */
  readonly version: number;
  /** Of the key after the entry, −1 where it was never there. */
  readonly sequence: number;
}

export interface Judgement {
  readonly outcome: Outcome;
  /** The state before, itself, where nothing changes. */
  readonly after: KeyState;
}

/** @param offset log offset of the entry */
export function judge(before: KeyState, { condition, operation }: Change, offset: number): Judgement {
  const refusal = refusalOf(before, condition, operation.kind === 'delete');
  if (refusal !== null) return unchanged(before, refusal);
  switch (operation.kind) {
    case 'put': {
      const { source } = operation;
      const after = putAt(before, () => source, offset, saidBy(condition));
      return changed(before.kind === 'live' ? 'updated' : 'created', after);
    }
    case 'delete':
      return removeAt(before, condition, offset);
    case 'patch':
      return before.kind === 'live' ? patchAt(before, operation, offset) : upsertAt(before, operation, offset);
  }
}

function refusalOf(before: KeyState, condition: Condition, isDelete: boolean): Refusal | null {
  switch (condition.kind) {
    case 'none':
      return null;
    case 'absent':
      return before.kind === 'live' ? 'conflict' : null;
    case 'exists':
      return before.kind === 'live' ? null : 'not_found';
    case 'sequence':
      return before.kind === 'live' && before.sequence === condition.sequence ? null : 'conflict';
    case 'newer':
      return versionOf(before) < condition.version ? null : 'conflict';
    case 'copy':
      return isDelete ? uncopyRefusal(before, condition) : copyRefusal(before, condition);
  }
}

/**
 * What the key has of its own stays, a deletion too, if that came after the copying began: a copy is not written over it. Of copies the
 * higher version stays, whoever made them.
 */
function copyRefusal(before: KeyState, { origin, version, since }: Copy): Refusal | null {
  if (before.kind === 'absent' || (before.kind === 'deleted' && before.sequence <= since)) return null;
  if (before.origin === noOrigin) return 'conflict';
  if (before.version < version) return null;
  if (before.origin === origin) return 'noop';
  // Of one state both have made the same; whoever follows it last deletes it.
  return before.kind === 'live' && before.version === version ? null : 'conflict';
}

function uncopyRefusal(before: KeyState, { origin, version, since }: Copy): Refusal | null {
  switch (before.kind) {
    case 'absent':
      return null;
    case 'deleted':
      if (before.sequence <= since) return null;
      return before.origin !== noOrigin && before.version < version ? null : 'not_found';
    case 'live':
      if (before.origin !== origin) return 'not_found';
      return before.version <= version ? null : 'noop';
  }
}

type Refusal = 'conflict' | 'not_found' | 'noop';

type Copy = Extract<Condition, { kind: 'copy' }>;

/** A delete of a version leaves its version where there was no document too: what is older and comes later stays away. */
function removeAt(before: KeyState, condition: Condition, offset: number): Judgement {
  const { version, origin = noOrigin } = saidBy(condition);
  if (version !== undefined) {
    const after: KeyState = { kind: 'deleted', version, sequence: offset, origin };
    return changed(before.kind === 'live' ? 'deleted' : 'not_found', after);
  }
  return before.kind === 'live' ? changed('deleted', deleteAt(before, offset)) : unchanged(before, 'not_found');
}

function saidBy(condition: Condition): SaidOfDocument {
  return condition.kind === 'newer' || condition.kind === 'copy' ? condition : {};
}

function patchAt(before: Extract<KeyState, { kind: 'live' }>, patch: Patch, offset: number): Judgement {
  const merged = mergePatch(before.source(), patch.partial, patch);
  if (merged === null) return unchanged(before, 'unmergeable');
  if (patch.detectNoop && merged.isSame) return unchanged(before, 'noop');
  return keep(before, 'updated', merged, offset);
}

function upsertAt(before: KeyState, { upsert }: Patch, offset: number): Judgement {
  if (upsert === null) return unchanged(before, 'not_found');
  return changed(
    'created',
    putAt(before, () => upsert, offset),
  );
}

function keep(before: KeyState, result: Result, { source, isTooDeep }: Merged, offset: number): Judgement {
  if (source.length > limits.documentBytesMax) return unchanged(before, 'too_large');
  if (isTooDeep) return unchanged(before, 'too_deep');
  return changed(
    result,
    putAt(before, () => source, offset),
  );
}

function changed(result: Result, after: KeyState): Judgement {
  return { outcome: outcomeOf(result, after), after };
}

function unchanged(before: KeyState, result: Result): Judgement {
  return { outcome: outcomeOf(result, before), after: before };
}

function outcomeOf(result: Result, state: KeyState): Outcome {
  return { result, version: versionOf(state), sequence: state.kind === 'absent' ? -1 : state.sequence };
}
