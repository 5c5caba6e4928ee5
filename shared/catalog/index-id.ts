/**
 * The ids of indexes: they name the partitions of an index in the log, and all that was ever said of offsets in them. Pure.
 *
 *     xOFFSET             made by an entry that names no epoch
 *     xOFFSET-EPOCH       made in the log of that epoch
 *     xOFFSET-EPOCH-BASE  restored there: the offsets of its partitions begin at BASE
 *
 * OFFSET is that of the catalog entry which made the index, and BASE an offset, both to the base 36. So an id is used once in a log, and
 * by its epoch in no other: what names an index of a log that is lost names none that there is. And whoever knows the name of a
 * partition knows where its offsets begin, before it has read any catalog.
 */
import { hash64 } from '../hashing/hash.ts';

export interface IdParts {
  /** See `epochOf`. */
  readonly epoch?: string | undefined;
  /** Only with an epoch. */
  readonly base?: number | undefined;
}

export const epochPattern = /^[0-9a-z]{8}$/;
const idPattern = /^x([0-9a-z]{1,11})(?:-([0-9a-z]{8})(?:-([0-9a-z]{1,11}))?)?$/;
const radix = 36;
const epochDigits = 8;

/** What tells the ids of one log from those of any other. @param identity of the log */
export function epochOf(identity: string): string {
  return hash64(identity).toString(radix).padStart(epochDigits, '0').slice(-epochDigits);
}

/** The id of the index made by the catalog entry at this offset. */
export function indexIdAt(offset: number, { epoch, base }: IdParts = {}): string {
  const made = `x${offset.toString(radix)}`;
  if (epoch === undefined) return made;
  return base === undefined ? `${made}-${epoch}` : `${made}-${epoch}-${base.toString(radix)}`;
}

export function isIndexId(text: string): boolean {
  return idPattern.test(text);
}

/** The offset of the catalog entry that made the index; null where the text is no id. */
export function offsetOfId(id: string): number | null {
  const made = idPattern.exec(id)?.[1];
  return made === undefined ? null : Number.parseInt(made, radix);
}

const offsetsInTerm = 2 ** 32;
const epochsInTerm = 2 ** 20;

/**
 * A number that stands for an index beside the sequences of its documents, so that one that was read of one index never is that of
 * another: from 1, below 2^53, one for each index of a log; of two logs the same by a chance of 2^-20. Ids of fewer than 2^32 entries of the catalog.
 */
export function termOfIndex(id: string): number {
  const [, made, epoch = '0'] = idPattern.exec(id) ?? [];
  if (made === undefined) throw new Error(`${id} is no id of an index`);
  return (Number.parseInt(epoch, radix) % epochsInTerm) * offsetsInTerm + Number.parseInt(made, radix) + 1;
}

/** Whether the entry at this offset of the catalog made the index. */
export function isMadeAt(id: string, offset: number): boolean {
  return offsetOfId(id) === offset;
}

/** The offset at which the partitions of an index begin. */
export function baseOfIndex(id: string): number {
  const base = idPattern.exec(id)?.[3];
  return base === undefined ? 0 : Number.parseInt(base, radix);
}

/** The offset at which a partition begins: 0 of one that is of no index. */
export function baseOfPartition(partition: string): number {
  const slash = partition.lastIndexOf('/');
  return slash < 0 ? 0 : baseOfIndex(partition.slice(0, slash));
}
