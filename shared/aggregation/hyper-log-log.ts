/**
 * HyperLogLog: how many distinct hashes there are, from the longest run of zeros in each of m = 2^precision groups of
 * them. A register is a byte, 0 where its group is empty; registers of two sets, each the larger of both, are those of
 * their union.
 *
 * Sources: Flajolet, Fusy, Gandouet and Meunier, "HyperLogLog" (2007), on hashes of 64 bits as Heule, Nunkesser and Hall
 * have it (2013). The estimate is Ertl's improved raw one, "New cardinality estimation algorithms for HyperLogLog sketches"
 * (2017), algorithm 6: one formula for all sizes, without tables of biases.
 */

const precisionMin = 4;
const precisionMax = 18;

/** Elasticsearch's: so many bits that a table of 4 bytes a hash, three quarters full at the threshold, has no more bytes. */
export function precisionOf(threshold: number): number {
  const bytes = 4 * Math.ceil(threshold / 0.75);
  return Math.max(precisionMin, Math.min(precisionMax, 32 - Math.clz32(bytes)));
}

/** The greatest value of a register: no bit is set but those that choose the register. */
export function registerMax(precision: number): number {
  return 64 - precision + 1;
}

/** @param high and low halves of the hash; the first bits choose the register, the rest is what it looks at */
export function addToRegisters(registers: Uint8Array, precision: number, high: number, low: number): void {
  const at = high >>> (32 - precision);
  const rest = high << precision;
  const rank = rest === 0 ? 33 - precision + Math.clz32(low) : 1 + Math.clz32(rest);
  if (rank > registers[at]!) registers[at] = rank;
}

/** How many distinct hashes made these registers. Cost: one pass and some hundred operations. */
export function estimate(registers: Uint8Array, precision: number): number {
  const m = registers.length;
  const last = registerMax(precision);
  const counts = new Float64Array(last + 1);
  for (let i = 0; i < m; i++) counts[registers[i]!]!++;
  let z = m * tau(1 - counts[last]! / m);
  for (let value = last - 1; value >= 1; value--) z = 0.5 * (z + counts[value]!);
  z += m * sigma(counts[0]! / m);
  return (m * m) / (2 * Math.LN2 * z);
}

/** Of the estimate, relative to the truth. */
export function standardError(precision: number): number {
  return 1.04 / Math.sqrt(2 ** precision);
}

/** Corrects for registers that are empty: x + Σ x^(2^k) · 2^(k−1). */
function sigma(share: number): number {
  if (share === 1) return Infinity;
  let x = share;
  let y = 1;
  let z = share;
  for (let before = Number.NaN; z !== before;) {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  }
  return z;
}

/** Corrects for registers that cannot grow: (1 − x − Σ (1 − x^(2^−k))² · 2^−k) / 3. */
function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let x = share;
  let y = 1;
  let z = 1 - share;
  for (let before = Number.NaN; z !== before;) {
    x = Math.sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) ** 2 * y;
  }
  return z / 3;
}
