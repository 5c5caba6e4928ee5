/** Numbers the buckets of one aggregation by the bucket they are nested in and their key, and counts documents. */
export class BucketTable {
  /** Documents by bucket. */
  private readonly counts: number[] = [];
  /** By bucket: the last round in which it was counted. */
  private readonly rounds: number[] = [];
  private readonly byParent: (Map<number, number> | undefined)[] = [];
  private round = 0;

  /** The bucket of a key in a parent's bucket; a new one at its first appearance. */
  bucketOf(parent: number, key: number): number {
    while (this.byParent.length <= parent) this.byParent.push(undefined);
    const buckets = (this.byParent[parent] ??= new Map<number, number>());
    let bucket = buckets.get(key);
    if (bucket === undefined) {
      bucket = this.counts.length;
      this.counts.push(0);
      this.rounds.push(0);
      buckets.set(key, bucket);
    }
    return bucket;
  }

  /** To be called before the values of one document are counted. */
  beginDocument(): void {
    this.round++;
  }

  /** Counts the document once however often it is called for it. Returns whether this was the first time. */
  count(bucket: number): boolean {
    if (this.rounds[bucket] === this.round) return false;
    this.rounds[bucket] = this.round;
    this.counts[bucket]!++;
    return true;
  }

  countOf(bucket: number): number {
    return this.counts[bucket]!;
  }

  /** How many buckets a parent's bucket has. */
  sizeOf(parent: number): number {
    return this.byParent[parent]?.size ?? 0;
  }

  /** Keys and buckets in a parent's bucket, in no particular order. */
  entriesOf(parent: number): readonly (readonly [key: number, bucket: number])[] {
    return [...(this.byParent[parent] ?? [])];
  }
}
