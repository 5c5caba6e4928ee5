/**
 * What a replica knows of one key at one place of the log. The sequence is the log offset of the entry that made the state;
 * the version counts the changes of the key, from 1 where it was never there or that has been forgotten.
 */
export type KeyState =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'deleted';
      readonly version: number;
      readonly sequence: number;
      /** Whose copy was deleted, by whoever makes such copies (see Condition); `noOrigin` where anybody else deleted. */
      readonly origin: number;
    }
  | {
      readonly kind: 'live';
      readonly version: number;
      readonly sequence: number;
      /** Of what it is a copy, as the last change says that is one (see Condition); `noOrigin` of a document of its own. */
      readonly origin: number;
      /** The document's JSON: asked for only by what needs it. */
      readonly source: () => Uint8Array;
    };

export const absent: KeyState = { kind: 'absent' };

export const noOrigin = 0;

/** 0 where nothing is known of the key. */
export function versionOf(state: KeyState): number {
  return state.kind === 'absent' ? 0 : state.version;
}

/** Counts on; what a sender says may be as high as numbers are whole, and stays there. */
export function versionAfter(version: number, changes = 1): number {
  return Math.min(version + changes, Number.MAX_SAFE_INTEGER);
}

/** What a change says of the document that it makes. */
export interface SaidOfDocument {
  readonly version?: number;
  readonly origin?: number;
}

/** The state after a document is put by the entry at this offset, whatever was before. */
export function putAt(
  before: KeyState,
  source: () => Uint8Array,
  offset: number,
  { version = versionAfter(versionOf(before)), origin = noOrigin }: SaidOfDocument = {},
): KeyState {
  return { kind: 'live', version, sequence: offset, origin, source };
}

/** The state after a delete by the entry at this offset: where no document is, nothing changes. */
export function deleteAt(before: KeyState, offset: number): KeyState {
  if (before.kind !== 'live') return before;
  return { kind: 'deleted', version: versionAfter(before.version), sequence: offset, origin: noOrigin };
}
