/** Typed arrays that double as they fill. `values` is replaced as it grows, so read it anew after a push. */
export class GrowingUint32 {
  values: Uint32Array = new Uint32Array(64);
  length = 0;

  push(value: number): void {
    if (this.length === this.values.length) {
      const grown = new Uint32Array(this.length * 2);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.length++] = value;
  }

  /** Adds this many zeros. */
  extend(count: number): void {
    this.length += count;
    if (this.length <= this.values.length) return;
    const grown = new Uint32Array(Math.max(this.length, this.values.length * 2));
    grown.set(this.values);
    this.values = grown;
  }

  view(): Uint32Array {
    return this.values.subarray(0, this.length);
  }
}

export class GrowingFloat64 {
  values: Float64Array = new Float64Array(64);
  length = 0;

  push(value: number): void {
    if (this.length === this.values.length) {
      const grown = new Float64Array(this.length * 2);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.length++] = value;
  }

  view(): Float64Array {
    return this.values.subarray(0, this.length);
  }
}
