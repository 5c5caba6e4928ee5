/**
 * A conditional change of one key, and its bytes: the body of an entry that is judged. Numbers little-endian, no padding:
 *
 *     u8   version of the judgement (see judge.ts), 3: a replica that does not know it stands still before the entry
 *     u8   operation: 1 put, 2 delete, 3 patch
 *     u8   condition: 0 none, 1 absent, 2 exists, 3 sequence, 4 newer, 5 copy
 *     u8   flags of a patch: 1 nulls remove members, 2 what changes nothing is no change, 4 it has an upsert
 *     f64  the sequence of condition 3, the version of conditions 4 and 5, else 0
 *     u32  the origin of condition 5, else the byte length of the upsert, 0 where there is none
 *     f64  only of condition 5: up to which offset deletions do not count
 *     upsert, then the document of a put or the partial document of a patch, as JSON in UTF-8 as it was sent
 */
import { SheafError } from '../errors.ts';
import { noOrigin } from './key-state.ts';

/** Of the rules in judge.ts and merge-patch.ts. Entries name it, and every replica of a version judges them alike for good. */
export const judgementVersion = 3;

/** What has to hold of the key when its turn comes in the log. */
export type Condition =
  | { readonly kind: 'none' }
  /** No document has the key. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'exists' }
  /** The document is the one made by the entry at this log offset. */
  | { readonly kind: 'sequence'; readonly sequence: number }
  /**
   * The change has a version that its sender keeps, and the key has a lower one, or none: what comes late or twice changes
   * nothing. The key then has this version. Not for a patch, which follows on what is there.
   */
  | { readonly kind: 'newer'; readonly version: number }
  /**
   * The change is of a copy: of what, the origin says, and in which state, the version. A put holds where nothing is, over a copy of a
   * lower version, and over the copy that another origin has made of the same state; never over a document that is no copy. A delete is of
   * the copy of this origin alone, in that state or an older one; where no document is, it leaves its version behind. A deletion that was
   * of no copy stands in the way of both, but for one at the log offset `since` or before, −1 for none: whatever was deleted so early is as
   * if it had never been. The origin is lost with the next change of the document. Not for a patch.
   */
  | { readonly kind: 'copy'; readonly origin: number; readonly version: number; readonly since: number };

export interface Patch {
  readonly kind: 'patch';
  /** A JSON object: see merge-patch.ts. */
  readonly partial: Uint8Array;
  /** What a member that is null does: it is the value from then on, or takes the member away (RFC 7396). */
  readonly nulls: 'kept' | 'removed';
  /** The document where the key has none, never empty; null: then there is nothing to patch. */
  readonly upsert: Uint8Array | null;
  /** A patch that changes nothing leaves version and sequence as they are. */
  readonly detectNoop: boolean;
}

export type Operation = { readonly kind: 'put'; readonly source: Uint8Array } | { readonly kind: 'delete' } | Patch;

export interface Change {
  readonly condition: Condition;
  readonly operation: Operation;
}

const operationCodes = { put: 1, delete: 2, patch: 3 } as const;
const conditionCodes = { none: 0, absent: 1, exists: 2, sequence: 3, newer: 4, copy: 5 } as const;
const flags = { nullsRemoved: 1, detectNoop: 2, hasUpsert: 4 } as const;
const headBytes = 16;
/** Of a condition 5. */
const copyHeadBytes = headBytes + 8;
const noBytes = new Uint8Array(0);

/** The bytes of a change, in a buffer of their own. */
export function encodeChange({ condition, operation }: Change): Uint8Array<ArrayBuffer> {
  const upsert = operation.kind === 'patch' ? operation.upsert : null;
  const body = bodyOf(operation);
  const upsertStart = condition.kind === 'copy' ? copyHeadBytes : headBytes;
  const bytes = Buffer.from(new ArrayBuffer(upsertStart + (upsert?.length ?? 0) + body.length));
  bytes[0] = judgementVersion;
  bytes[1] = operationCodes[operation.kind];
  bytes[2] = conditionCodes[condition.kind];
  bytes[3] = flagsOf(operation);
  bytes.writeDoubleLE(numberOf(condition), 4);
  bytes.writeUInt32LE(condition.kind === 'copy' ? condition.origin : (upsert?.length ?? 0), 12);
  if (condition.kind === 'copy') bytes.writeDoubleLE(condition.since, headBytes);
  if (upsert !== null) bytes.set(upsert, upsertStart);
  bytes.set(body, upsertStart + (upsert?.length ?? 0));
  return bytes;
}

function numberOf(condition: Condition): number {
  if (condition.kind === 'newer' || condition.kind === 'copy') return condition.version;
  return condition.kind === 'sequence' ? condition.sequence : 0;
}

function bodyOf(operation: Operation): Uint8Array {
  if (operation.kind === 'delete') return noBytes;
  return operation.kind === 'put' ? operation.source : operation.partial;
}

function flagsOf(operation: Operation): number {
  if (operation.kind !== 'patch') return 0;
  return (
    (operation.nulls === 'removed' ? flags.nullsRemoved : 0) |
    (operation.detectNoop ? flags.detectNoop : 0) |
    (operation.upsert === null ? 0 : flags.hasUpsert)
  );
}

/**
 * Documents are views of `bytes`.
 * @throws SheafError JUDGEMENT_VERSION_UNKNOWN where a newer version wrote it, BATCH_INVALID where it is none
 */
export function decodeChange(bytes: Uint8Array): Change {
  if (bytes.length < headBytes) throw invalid('too short');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint8(0);
  if (version > judgementVersion) {
    throw new SheafError('JUDGEMENT_VERSION_UNKNOWN', { detail: { version, known: judgementVersion } });
  }
  if (version < judgementVersion) throw invalid('a version that was never released');
  const isCopy = view.getUint8(2) === conditionCodes.copy;
  if (isCopy && bytes.length < copyHeadBytes) throw invalid('too short');
  const lastOfHead = view.getUint32(12, true);
  const number = view.getFloat64(4, true);
  const condition = isCopy
    ? copyOf(number, { origin: lastOfHead, since: view.getFloat64(headBytes, true) })
    : conditionOf(view.getUint8(2), number);
  const upsertStart = isCopy ? copyHeadBytes : headBytes;
  const upsertEnd = upsertStart + (isCopy ? 0 : lastOfHead);
  if (upsertEnd > bytes.length) throw invalid('an upsert beyond its end');
  const saysVersion = condition.kind === 'newer' || condition.kind === 'copy';
  if (saysVersion && view.getUint8(1) === operationCodes.patch) throw invalid('a patch has no version');
  const [upsert, body] = [bytes.subarray(upsertStart, upsertEnd), bytes.subarray(upsertEnd)];
  return { condition, operation: operationOf(view.getUint8(1), view.getUint8(3), upsert, body) };
}

function copyOf(version: number, { origin, since }: { readonly origin: number; readonly since: number }): Condition {
  const isSound = isWhole(version) && version > 0 && origin !== noOrigin && (since === -1 || isWhole(since));
  if (!isSound) throw invalid('a copy of nothing');
  return { kind: 'copy', origin, version, since };
}

function conditionOf(code: number, number: number): Condition {
  if (code === conditionCodes.sequence && isWhole(number)) return { kind: 'sequence', sequence: number };
  if (code === conditionCodes.newer && isWhole(number) && number > 0) return { kind: 'newer', version: number };
  const kind = (['none', 'absent', 'exists'] as const).find((name) => conditionCodes[name] === code);
  if (kind === undefined || !Object.is(number, 0)) throw invalid('an unknown condition');
  return { kind };
}

function isWhole(number: number): boolean {
  return Number.isSafeInteger(number) && number >= 0 && !Object.is(number, -0);
}

function operationOf(code: number, flagBits: number, upsert: Uint8Array, body: Uint8Array): Operation {
  const isPlain = flagBits === 0 && upsert.length === 0;
  if (code === operationCodes.put && isPlain) return { kind: 'put', source: body };
  if (code === operationCodes.delete && isPlain && body.length === 0) return { kind: 'delete' };
  const hasUpsert = (flagBits & flags.hasUpsert) !== 0;
  if (code !== operationCodes.patch || flagBits > 7 || hasUpsert !== upsert.length > 0) {
    throw invalid('an unknown operation');
  }
  return {
    kind: 'patch',
    partial: body,
    nulls: (flagBits & flags.nullsRemoved) === 0 ? 'kept' : 'removed',
    upsert: hasUpsert ? upsert : null,
    detectNoop: (flagBits & flags.detectNoop) !== 0,
  };
}

function invalid(reason: string): SheafError {
  return new SheafError('BATCH_INVALID', { detail: { reason: `a change: ${reason}` } });
}
