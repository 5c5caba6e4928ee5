/** Files that hold no text, by their first bytes: what they are and what turns them into something that can be read. Pure. */

interface Signature {
  readonly bytes: readonly number[] | string;
  readonly reason: string;
  /** It may begin a text as well: a table whose first column is called so. Other bytes tell. */
  readonly isWord?: true;
}

const signatures: readonly Signature[] = [
  { bytes: 'PK\x03\x04', reason: 'it is a ZIP archive (or a spreadsheet); unpack it, or save it as CSV' },
  {
    bytes: 'PAR1',
    isWord: true,
    reason:
      "it is a Parquet file; write it as NDJSON, as in: duckdb -c \"COPY (FROM 'FILE') TO 'FILE.ndjson' (FORMAT json)\"",
  },
  { bytes: 'ARROW1', isWord: true, reason: 'it is an Arrow file; write it as NDJSON first' },
  { bytes: 'ORC', isWord: true, reason: 'it is an ORC file; write it as NDJSON first' },
  { bytes: 'Obj\x01', reason: 'it is an Avro file; write it as NDJSON first, as in: avro-tools tojson FILE' },
  {
    bytes: 'SQLite format 3\x00',
    reason: 'it is an SQLite database; write a table as lines, as in: sqlite3 FILE ".mode json" "SELECT * FROM t"',
  },
  { bytes: '%PDF', reason: 'it is a PDF' },
  {
    bytes: [0x28, 0xb5, 0x2f, 0xfd],
    reason: 'it is packed with zstd; pipe it, as in: zstd -dc FILE | sheaf load INDEX -',
  },
  {
    bytes: 'BZh',
    isWord: true,
    reason: 'it is packed with bzip2; pipe it, as in: bzip2 -dc FILE | sheaf load INDEX -',
  },
  {
    bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a],
    reason: 'it is packed with xz; pipe it, as in: xz -dc FILE | sheaf load INDEX -',
  },
  { bytes: [0x37, 0x7a, 0xbc, 0xaf], reason: 'it is a 7z archive; unpack it' },
  { bytes: [0xff, 0xfe], reason: 'it is UTF-16; write it as UTF-8, as in: iconv -f UTF-16 -t UTF-8 FILE' },
  { bytes: [0xfe, 0xff], reason: 'it is UTF-16; write it as UTF-8, as in: iconv -f UTF-16 -t UTF-8 FILE' },
  { bytes: [0x89, 0x50, 0x4e, 0x47], reason: 'it is a picture' },
  { bytes: [0xff, 0xd8, 0xff], reason: 'it is a picture' },
  { bytes: '<', reason: 'it is XML or HTML; write it as NDJSON first' },
];
const [tab, carriageReturn, space] = [0x09, 0x0d, 0x20] as const;
const tar = { at: 257, bytes: 'ustar', reason: 'it is a tar archive; unpack it' };

/** @param first bytes of the file, unpacked if it is gzip @returns null where nothing speaks against text */
export function reasonNotText(first: Uint8Array): string | null {
  const text = Buffer.from(first.buffer, first.byteOffset, first.byteLength).toString('latin1');
  const begin = text.replace(/^(?:\xef\xbb\xbf)?\s*/, '');
  const hasControls = first.subarray(0, 4096).some((byte) => byte < tab || (byte > carriageReturn && byte < space));
  for (const { bytes, reason, isWord = false } of signatures) {
    if (isWord && !hasControls) continue;
    const signature = typeof bytes === 'string' ? bytes : String.fromCharCode(...bytes);
    if ((signature === '<' ? begin : text).startsWith(signature)) return reason;
  }
  if (text.startsWith(tar.bytes, tar.at)) return tar.reason;
  if (text.slice(0, 4096).includes('\x00')) return 'it holds bytes that are no text';
  return null;
}
