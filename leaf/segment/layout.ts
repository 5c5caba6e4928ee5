/** The numbers of the segment format; README.md beside this file is its specification. */

/** "SHEAFSEG" in ASCII. */
export const magic: Uint8Array = Buffer.from('SHEAFSEG', 'latin1');
export const formatVersion = 6;

/** Byte positions in the header. */
export const header = {
  version: 8,
  zero: 12,
  checksum: 16,
  sizeBytes: 24,
  documents: 32,
  sections: 36,
  table: 40,
} as const;

/** The checksum covers everything from here to the end; what lies before is compared with what it must be. */
export const checksummedFrom = header.sizeBytes;

/** Bytes of one row of the section table: u32 kind, u32 field, u64 position, u64 bytes. */
export const sectionRowBytes = 24;

/** What stands in a section row for the field where the section is the whole segment's. */
export const noField = 0xffffffff;

export const sectionKinds = {
  fieldTable: 1,
  firstOffset: 2,
  offsetDistances: 3,
  keyLengths: 4,
  keyBytes: 5,
  keySlots: 6,
  sourceBlockDocuments: 7,
  sourceBlockStarts: 8,
  sourceBytes: 9,
  versions: 10,
  origins: 11,
  termCount: 16,
  termIndex: 17,
  termEntries: 18,
  postings: 19,
  positions: 20,
  lengths: 21,
  lengthCodes: 22,
  presence: 23,
  valueCounts: 24,
  ordinals: 25,
  numbers: 26,
} as const;

export type SectionName = keyof typeof sectionKinds;

/** The next multiple of 8: where a section may begin. */
export function aligned(position: number): number {
  return Math.ceil(position / 8) * 8;
}
