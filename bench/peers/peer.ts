/** Databases that are asked in SQL what Sheaf is asked. */

/** A value of a row. */
export type PeerValue = string | number | null;

export interface PeerColumn {
  readonly name: string;
  readonly type: 'VARCHAR' | 'INTEGER' | 'BIGINT';
}

/** One table in memory, without an index. */
export interface PeerTable {
  readonly name: string;
  readonly columns: readonly PeerColumn[];
  readonly rows: readonly (readonly PeerValue[])[];
}

export interface Peer {
  readonly name: string;
  /** Prepares a query once; what is returned asks it. `//` in it divides whole numbers, both from 0. */
  prepare(sql: string): Promise<() => Promise<PeerValue[][]>>;
  close(): void;
}

export function createTableSql({ name, columns }: PeerTable): string {
  return `CREATE TABLE ${name} (${columns.map((column) => `${column.name} ${column.type}`).join(', ')})`;
}
