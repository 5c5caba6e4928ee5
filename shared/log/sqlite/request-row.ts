/** A row of the table `requests`. */
export interface RequestRow {
  readonly id: number;
  readonly key: string;
  readonly seal: bigint;
  readonly digest: string;
  readonly answer: string;
  readonly recordedMs: number;
  readonly checksum: unknown;
}

/** @param fields read with all 64 bits */
export function rowOf(fields: Readonly<Record<string, unknown>>): RequestRow {
  const { id, key, seal, digest, answer, recorded_ms: recordedMs, checksum } = fields;
  return {
    id: Number(id),
    key: key as string,
    seal: seal as bigint,
    digest: digest as string,
    answer: answer as string,
    recordedMs: Number(recordedMs),
    checksum,
  };
}

/** What its checksum covers. */
export function columnsOf({ key, digest, answer, recordedMs }: RequestRow): readonly (string | number)[] {
  return [key, digest, answer, recordedMs];
}
