/** The postings of one term, plain: what building and merging fill and the writer packs. Used again for the next term. */
export class TermList {
  /** Ascending. */
  docIds: Uint32Array = new Uint32Array(1024);
  /** Occurrences by document, at least 1; parallel to `docIds`. */
  frequencies: Uint32Array = new Uint32Array(1024);
  documents = 0;
  /** Positions of all occurrences, document by document: in each the first as it is, the others from the one before. */
  steps: Uint32Array = new Uint32Array(1024);
  occurrences = 0;

  clear(): void {
    this.documents = 0;
    this.occurrences = 0;
  }

  addDocument(docId: number, frequency: number): void {
    if (this.documents === this.docIds.length) {
      this.docIds = doubled(this.docIds);
      this.frequencies = doubled(this.frequencies);
    }
    this.docIds[this.documents] = docId;
    this.frequencies[this.documents++] = frequency;
  }

  addStep(step: number): void {
    if (this.occurrences === this.steps.length) this.steps = doubled(this.steps);
    this.steps[this.occurrences++] = step;
  }

  /** Puts the documents in order, their positions with them. */
  sort(): void {
    const starts = new Uint32Array(this.documents + 1);
    for (let i = 0; i < this.documents; i++) starts[i + 1] = starts[i]! + this.frequencies[i]!;
    const { docIds, frequencies } = this;
    const withSteps = this.occurrences > 0;
    const steps = this.steps.slice(0, this.occurrences);
    const order = Array.from({ length: this.documents }, (_, i) => i).sort((a, b) => docIds[a]! - docIds[b]!);
    const sorted = order.map((i) => [docIds[i]!, frequencies[i]!, starts[i]!] as const);
    this.clear();
    for (const [docId, frequency, start] of sorted) {
      this.addDocument(docId, frequency);
      if (withSteps) for (let i = start; i < start + frequency; i++) this.addStep(steps[i]!);
    }
  }
}

function doubled(values: Uint32Array): Uint32Array {
  const grown = new Uint32Array(values.length * 2);
  grown.set(values);
  return grown;
}
