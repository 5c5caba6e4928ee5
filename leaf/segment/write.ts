import { hashBytes64 } from '../../shared/hashing/hash.ts';
import { packAscending } from '../columns/ascending.ts';
import { packStarts } from '../columns/columns.ts';
import { packNumbers } from '../columns/packed-numbers.ts';
import type { FieldEntry, SegmentContents } from './contents.ts';
import {
  aligned,
  checksummedFrom,
  formatVersion,
  header,
  magic,
  noField,
  sectionKinds,
  sectionRowBytes,
} from './layout.ts';
import type { SectionName } from './layout.ts';
import { segmentLayout, type FieldContents } from './layouts/segment-layouts.ts';

type Column = Uint8Array | Uint32Array;

interface Section {
  readonly name: SectionName;
  readonly field: number;
  readonly column: Column;
}

/**
 * Lays a segment out in one buffer, as README.md specifies. The same contents give the same bytes.
 * @throws RangeError when the buffer cannot be allocated
 */
export function writeSegment(contents: SegmentContents): SharedArrayBuffer {
  const sections = [...wholeSections(contents), ...contents.fieldContents.flatMap(sectionsOfField)];
  const positions: number[] = [];
  let end = header.table + sections.length * sectionRowBytes;
  for (const section of sections) {
    positions.push(end);
    end = aligned(end + section.column.byteLength);
  }
  const buffer = new SharedArrayBuffer(end);
  const view = new DataView(buffer);
  sections.forEach((section, i) => {
    writeRow(view, i, section, positions[i]!);
    const { column } = section;
    new Uint8Array(buffer, positions[i], column.byteLength).set(
      new Uint8Array(column.buffer, column.byteOffset, column.byteLength),
    );
  });
  writeHeader(view, { documents: contents.offsets.length, sections: sections.length });
  return buffer;
}

function writeRow(view: DataView, row: number, section: Section, position: number): void {
  const at = header.table + row * sectionRowBytes;
  view.setUint32(at, sectionKinds[section.name], true);
  view.setUint32(at + 4, section.field, true);
  view.setBigUint64(at + 8, BigInt(position), true);
  view.setBigUint64(at + 16, BigInt(section.column.byteLength), true);
}

function writeHeader(view: DataView, counts: { documents: number; sections: number }): void {
  const bytes = new Uint8Array(view.buffer);
  bytes.set(magic);
  view.setUint32(header.version, formatVersion, true);
  view.setBigUint64(header.sizeBytes, BigInt(bytes.length), true);
  view.setUint32(header.documents, counts.documents, true);
  view.setUint32(header.sections, counts.sections, true);
  view.setBigUint64(header.checksum, hashBytes64(bytes.subarray(checksummedFrom)), true);
}

function wholeSections(contents: SegmentContents): Section[] {
  const { keys, sources } = contents;
  const offsets = packAscending(contents.offsets);
  const columns: [SectionName, Column][] = [
    ['fieldTable', Buffer.from(JSON.stringify(fieldTable(contents)))],
    ['firstOffset', offsets.first],
    ['offsetDistances', offsets.distances],
    ['keyLengths', packStarts(keys.starts)],
    ['keyBytes', keys.bytes],
    ['keySlots', keys.slots],
    ['sourceBlockDocuments', sources.blockDocuments],
    ['sourceBlockStarts', sources.blockStarts],
    ['sourceBytes', sources.bytes],
    ['versions', packNumbers(contents.versions)],
    ['origins', packNumbers(contents.origins)],
  ];
  return columns.map(([name, column]) => ({ name, field: noField, column }));
}

function fieldTable({ fields, analyses }: SegmentContents): FieldEntry[] {
  return fields.map((field, at) => {
    const analysis = analyses[at];
    return analysis === undefined ? field : { ...field, analysis };
  });
}

function sectionsOfField(contents: FieldContents, field: number): Section[] {
  const sections = segmentLayout(contents.kind).sections(contents);
  return sections.map(([name, column]) => ({ name, field, column }));
}
