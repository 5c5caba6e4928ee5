/** The numbers of the term segment format; README.md beside this file is its specification. */

/** "SHEAFTRM" in ASCII. */
export const magic: Uint8Array = Buffer.from('SHEAFTRM', 'latin1');
export const formatVersion = 1;

/** Bytes of one row of the section table: u64 position, u64 bytes. */
export const sectionRowBytes = 16;

/** The sections that every segment has, in their order; the lengths of each field follow. */
export const sectionOrder = [
  'about',
  'ordinals',
  'termStarts',
  'termBytes',
  'postingStarts',
  'postingBytes',
  'keyStarts',
  'keyBytes',
  'keyOrder',
  'sourceBlockDocuments',
  'sourceBlockStarts',
  'sourceBytes',
] as const;

export type SectionName = (typeof sectionOrder)[number];

/** Bytes of a posting list before its set: u32 documents, u32 bytes of the set, u8 kind of set, u8 bytes of a frequency. */
export const postingHeaderBytes = 10;

/** How a posting list's documents are written: as they are, or as a bitmap in the portable format. */
export const setKinds = { list: 0, roaring: 1 } as const;

/** Up to so many documents a plain list is smaller than a bitmap. */
export const listedMax = 8;
