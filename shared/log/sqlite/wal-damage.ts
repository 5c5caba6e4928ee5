/**
 * Damage to a write-ahead log that SQLite takes for its end. Touches the world: reads a file.
 *
 * A start after a crash takes the frames of the write-ahead log up to the first whose checksum is wrong, and drops the rest in silence: mostly that is what was
 * being written when the process ended. A damaged frame in the midst looks the same to it, and all that was committed and acknowledged behind it would
 * be gone. What tells them apart: the checksum of a frame goes on from that of the one before, and SQLite syncs each commit before it writes what comes behind. So
 * where a frame goes on from one that ends a transaction, that transaction was whole, and everything before it.
 *
 * Layout: https://www.sqlite.org/fileformat2.html#walformat
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { SheafError } from '../../errors.ts';

const fileHeaderBytes = 32;
const frameHeaderBytes = 24;
/** Of the header of a frame what its checksum is over, but for the page. */
const summedBytes = 8;
const littleEndianMagic = 0x377f0682;
const bigEndianMagic = 0x377f0683;

type Checksum = readonly [number, number];

interface Header {
  readonly isLittleEndian: boolean;
  readonly pageBytes: number;
  readonly salts: Checksum;
  readonly checksum: Checksum;
}

interface Frame {
  /** It is of this life of the file, and not what is left of one before. */
  readonly isOfNow: boolean;
  readonly endsTransaction: boolean;
  readonly stored: Checksum;
}

/**
 * Finds a damaged frame before frames that were written after it was durable. Cost: reads and sums the file once, where there is one. Not found, as it cannot be told from what a crash
 * leaves: damage to the transaction that was written last, and that the file was cut off or is gone.
 * @param database is not open in this process
 * @throws SheafError DATA_CORRUPT with the number of the frame, from 1; 0 is the header of the file
 */
export function verifyWal(database: string): void {
  const path = `${database}-wal`;
  const frame = damagedFrame(path);
  if (frame === null) return;
  const reason = 'what was committed stands behind damage in the write-ahead log';
  throw new SheafError('DATA_CORRUPT', { detail: { path, frame, reason } });
}

function damagedFrame(path: string): number | null {
  const file = openIfThere(path);
  if (file === null) return null;
  try {
    const bytes = fstatSync(file).size;
    if (bytes < fileHeaderBytes) return null;
    const start = readAt(file, 0, fileHeaderBytes);
    const header = readHeader(start);
    if (header !== null) return damagedAmong(header, framesOf(file, bytes, header));
    // Of one that was begun when the machine was lost the system may have made room, and no more.
    return isZero(start) ? null : 0;
  } finally {
    closeSync(file);
  }
}

function damagedAmong(header: Header, frames: Iterable<DataView>): number | null {
  const { isLittleEndian } = header;
  let number = 0;
  let damaged: number | null = null;
  let before: Frame = { isOfNow: true, endsTransaction: false, stored: header.checksum };
  /** What the checksum of the frame before had to be. */
  let computed: Checksum = header.checksum;
  for (const view of frames) {
    number++;
    const frame = readFrame(view, header);
    const sum = sumFrame(before.stored, view, isLittleEndian);
    const goesOn = frame.isOfNow && isSame(frame.stored, sum);
    if (damaged === null) {
      if (!goesOn) damaged = number;
    } else if (before.isOfNow && before.endsTransaction) {
      // Where it is the checksum of the one before that is damaged, this one goes on from what it had to be.
      const isBesideDamage = number === damaged + 1 && frame.isOfNow;
      if (goesOn || (isBesideDamage && isSame(frame.stored, sumFrame(computed, view, isLittleEndian)))) return damaged;
    }
    before = frame;
    computed = sum;
  }
  return null;
}

/** Null where SQLite would take the file for one without frames. */
function readHeader(view: DataView): Header | null {
  const magic = view.getUint32(0);
  if (magic !== littleEndianMagic && magic !== bigEndianMagic) return null;
  const isLittleEndian = magic === littleEndianMagic;
  const checksum = pairAt(view, 24);
  if (!isSame(checksum, add([0, 0], view, { from: 0, to: 24, isLittleEndian }))) return null;
  return { isLittleEndian, pageBytes: view.getUint32(8), salts: pairAt(view, 16), checksum };
}

function* framesOf(file: number, bytes: number, { pageBytes }: Header): Iterable<DataView> {
  const frameBytes = frameHeaderBytes + pageBytes;
  for (let at = fileHeaderBytes; at + frameBytes <= bytes; at += frameBytes) yield readAt(file, at, frameBytes);
}

function readFrame(view: DataView, { salts }: Header): Frame {
  return {
    isOfNow: isSame(pairAt(view, 8), salts),
    endsTransaction: view.getUint32(4) !== 0,
    stored: pairAt(view, 16),
  };
}

function sumFrame(from: Checksum, view: DataView, isLittleEndian: boolean): Checksum {
  const ofHeader = add(from, view, { from: 0, to: summedBytes, isLittleEndian });
  return add(ofHeader, view, { from: frameHeaderBytes, to: view.byteLength, isLittleEndian });
}

interface Summed {
  readonly from: number;
  readonly to: number;
  readonly isLittleEndian: boolean;
}

/** The checksum of SQLite over a stretch of whole pairs of words, going on from another. */
function add([first, second]: Checksum, view: DataView, { from, to, isLittleEndian }: Summed): Checksum {
  let a = first;
  let b = second;
  for (let at = from; at < to; at += 8) {
    a = (a + view.getUint32(at, isLittleEndian) + b) >>> 0;
    b = (b + view.getUint32(at + 4, isLittleEndian) + a) >>> 0;
  }
  return [a, b];
}

function pairAt(view: DataView, at: number): Checksum {
  return [view.getUint32(at), view.getUint32(at + 4)];
}

function isSame(a: Checksum, b: Checksum): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

function isZero(view: DataView): boolean {
  for (let at = 0; at < view.byteLength; at++) if (view.getUint8(at) !== 0) return false;
  return true;
}

function readAt(file: number, at: number, bytes: number): DataView {
  const view = new DataView(new ArrayBuffer(bytes));
  readSync(file, view, 0, bytes, at);
  return view;
}

function openIfThere(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
