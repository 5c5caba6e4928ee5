/** Cuts the text of a table into rows of cells (RFC 4180). Quoted cells may hold separators, line ends and doubled quotes. Pure. */
export class RowReader {
  /** Rows that are whole so far. */
  rowCount = 0;
  private readonly separator: string;
  private row: string[] = [];
  private cell = '';
  private state: 'start' | 'plain' | 'quoted' | 'quoteInQuoted' = 'start';
  /** A carriage return may have a line feed after it, in the next piece. */
  private afterReturn = false;

  constructor(separator: string) {
    this.separator = separator;
  }

  /** The rows that are whole with this piece. */
  push(text: string): string[][] {
    const rows: string[][] = [];
    for (const letter of text) {
      const isSecondHalf = this.afterReturn && letter === '\n';
      this.afterReturn = false;
      if (isSecondHalf) continue;
      if (this.state === 'quoted') {
        if (letter === '"') this.state = 'quoteInQuoted';
        else this.cell += letter;
      } else if (this.state === 'quoteInQuoted' && letter === '"') {
        this.cell += letter;
        this.state = 'quoted';
      } else if (letter === this.separator) this.endCell();
      else if (letter === '\n' || letter === '\r') {
        this.afterReturn = letter === '\r';
        rows.push(this.endRow());
      } else if (letter === '"' && this.state === 'start') {
        // Blanks before a quote are none of the cell.
        this.cell = '';
        this.state = 'quoted';
      } else {
        this.cell += letter;
        if (this.state !== 'start' || letter !== ' ') this.state = 'plain';
      }
    }
    return rows;
  }

  /** Whether a quote is open: what has come since is one cell. */
  get isInQuotes(): boolean {
    return this.state === 'quoted';
  }

  /** Characters of the cell that is being read. */
  get cellLength(): number {
    return this.cell.length;
  }

  /** The last row, where it has no line end. */
  end(): string[][] {
    return this.row.length === 0 && this.cell === '' && this.state === 'start' ? [] : [this.endRow()];
  }

  private endCell(): void {
    this.row.push(this.cell);
    this.cell = '';
    this.state = 'start';
  }

  private endRow(): string[] {
    this.endCell();
    const { row } = this;
    this.row = [];
    this.rowCount++;
    return row;
  }
}
