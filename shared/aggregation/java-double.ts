/**
 * A number as Java writes it, which is how Elasticsearch names percentiles: `1.0`, `99.9`, `1.5E10`. The digits are the fewest that
 * stand for the number.
 * @param value finite
 */
export function javaDouble(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e7)) return withPoint(String(value));
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  return `${withPoint(digits)}E${exponent.replace('+', '')}`;
}

function withPoint(digits: string): string {
  return digits.includes('.') ? digits : `${digits}.0`;
}
