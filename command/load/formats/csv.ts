/**
 * Tables as text (RFC 4180): a row of names, then a document a row. What separates columns is found out; a column is numbers, or
 * booleans, where every value at the beginning of the file is one, and text otherwise. Empty cells are no values.
 */
import { CommandFailure } from '../../failure.ts';
import { definitionOf, type FieldKind } from '../../../shared/schema/kinds/field-kinds.ts';
import { rawJSON } from '../../../shared/json/raw-json.ts';
import { limits } from '../../../shared/limits.ts';
import { RowReader } from './csv-rows.ts';
import type { Beginning, Format, ReadOptions } from './format.ts';

const separators = [',', '\t', ';', '|'] as const;
/** Rows that are looked at before the first is given away. */
const sampleRows = 1000;

export const csvFormat: Format = {
  name: 'csv',
  inWords: 'tables (CSV, TSV and others)',
  unit: 'row',
  valuesAreText: true,
  sniff: (beginning) => separatorOf(beginning) !== null,
  lines: toLines,
};

/** What separates the columns: that which gives the most of them, as many in each of the first rows; null where there is none. */
function separatorOf({ text, isWhole, extension }: Beginning): string | null {
  if (/^\s*[{[<]/.test(text)) return null;
  let best: string | null = null;
  let most = 1;
  for (const separator of separators) {
    const reader = new RowReader(separator);
    const rows = reader
      .push(text)
      .concat(isWhole ? reader.end() : [])
      .slice(0, 50);
    const columns = rows[0]?.length ?? 0;
    if (rows.length > 1 && columns > most && rows.every((row) => row.length === columns || isBlank(row))) {
      best = separator;
      most = columns;
    }
  }
  // A table of one column, or of uneven rows, is one if its name says so.
  if (best === null && extension === 'tsv') return '\t';
  return best ?? (extension === 'csv' ? ',' : null);
}

function isBlank(row: readonly string[]): boolean {
  return row.length === 1 && row[0]!.trim() === '';
}

async function* toLines(
  chunks: AsyncIterable<Uint8Array>,
  beginning: Beginning,
  options: ReadOptions,
): AsyncGenerator<Uint8Array> {
  const separator = separatorOf(beginning) ?? ',';
  const table = new Table(options);
  for await (const rows of rowsOf(chunks, separator)) {
    const lines = table.take(rows);
    if (lines !== '') yield Buffer.from(lines);
  }
  const rest = table.end();
  if (rest !== '') yield Buffer.from(rest);
}

async function* rowsOf(chunks: AsyncIterable<Uint8Array>, separator: string): AsyncGenerator<string[][]> {
  const reader = new RowReader(separator);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (chunk?: Uint8Array): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw new CommandFailure(
        `row ${reader.rowCount} or one soon after is not UTF-8; write the file as UTF-8, as in: iconv -f LATIN1 -t UTF-8 FILE`,
      );
    }
  };
  for await (const chunk of chunks) {
    yield reader.push(decode(chunk));
    if (reader.cellLength > limits.documentBytesMax) throw openQuote(reader);
  }
  const rest = reader.push(decode());
  if (reader.isInQuotes) throw openQuote(reader);
  yield rest.concat(reader.end());
}

/** What follows the quote may be the rest of the file: nothing of that is taken for a cell. */
function openQuote({ rowCount }: RowReader): CommandFailure {
  return new CommandFailure(`the quote that opens in row ${rowCount + 1} does not close; double it, or close it`);
}

type Cell = (text: string) => unknown;

const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** A cell that is none of what its column holds stays text: the root tells which row it is. */
const cellReaders = {
  number: (text: string): unknown => (number.test(text) ? rawJSON(text) : text),
  boolean: (text: string): unknown => (/^true$/i.test(text) ? true : /^false$/i.test(text) ? false : text),
  text: (text: string): unknown => text,
} as const satisfies Readonly<Record<string, Cell>>;

function cellReaderOf(kind: FieldKind): Cell {
  const { jsonTypes } = definitionOf(kind);
  if (jsonTypes.includes('string')) return cellReaders.text;
  return jsonTypes.includes('number') ? cellReaders.number : cellReaders.boolean;
}

function isBeyondNumbers(text: string): boolean {
  return /^-?\d{16,}$/.test(text) && !Number.isSafeInteger(Number(text));
}

class Table {
  private readonly options: ReadOptions;
  private names: readonly string[] | null = null;
  private cells: readonly Cell[] | null = null;
  private waiting: (readonly string[])[] = [];
  /** Of the file, that of the names among them. */
  private row = 0;

  constructor(options: ReadOptions) {
    this.options = options;
  }

  take(rows: readonly (readonly string[])[]): string {
    let lines = '';
    for (const row of rows) {
      this.row++;
      if (this.names === null) {
        if (!isBlank(row)) this.names = this.namesOf(row);
      } else if (this.cells !== null) lines += this.line(row, this.row);
      else if (this.waiting.push(row) === sampleRows) lines += this.settle();
    }
    return lines;
  }

  end(): string {
    return this.names === null || this.cells !== null ? '' : this.settle();
  }

  /** Decides what the columns are, and gives what waited for that. */
  private settle(): string {
    const names = this.names!;
    this.cells = names.map((name, column) => {
      const kind = this.options.kindOf(name);
      if (kind !== undefined) return cellReaderOf(kind);
      const values = this.waiting.map((row) => row[column]?.trim() ?? '').filter((text) => text !== '');
      if (values.length === 0) return cellReaders.text;
      // Digits that no number keeps are no quantity: different ids would become equal.
      if (values.some(isBeyondNumbers)) return cellReaders.text;
      if (values.every((text) => number.test(text))) return cellReaders.number;
      return values.every((text) => /^(?:true|false)$/i.test(text)) ? cellReaders.boolean : cellReaders.text;
    });
    const first = this.row - this.waiting.length + 1;
    const lines = this.waiting.map((row, i) => this.line(row, first + i));
    this.waiting = [];
    return lines.join('');
  }

  private line(row: readonly string[], at: number): string {
    // A blank row keeps its line, so that rows are counted as in the file.
    if (isBlank(row)) return '\n';
    const names = this.names!;
    if (row.length > names.length) {
      throw new CommandFailure(
        `row ${at} has ${row.length} columns, and the table ${names.length}: a quote may be missing`,
      );
    }
    const document: Record<string, unknown> = {};
    for (const [column, text] of row.entries()) {
      const value = text.trim();
      if (value !== '')
        document[names[column]!] = this.cells![column]!(this.cells![column] === cellReaders.text ? text : value);
    }
    return `${JSON.stringify(document)}\n`;
  }

  /** Names become names of fields. @throws CommandFailure on two alike */
  private namesOf(row: readonly string[]): string[] {
    const names = row.map((text, column) => {
      const name = text
        .trim()
        .replaceAll(/[^A-Za-z0-9_@.-]+/g, '_')
        .replace(/^_+|_+$/g, '');
      return name === '' ? `column${column + 1}` : name;
    });
    const twice = names.find((name, column) => names.indexOf(name) !== column);
    if (twice !== undefined) throw new CommandFailure(`two columns are named ${twice}; rename one of them`);
    const renamed = names.filter((name, column) => name !== row[column]!.trim());
    if (renamed.length > 0) this.options.say(`Columns are fields under names that are allowed: ${renamed.join(', ')}.`);
    return names;
  }
}
