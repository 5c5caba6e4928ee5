/**
 * Latency by percentile as an SVG, both axes logarithmic: the further to the right, the rarer. Pure.
 *
 * The horizontal axis is 1 / (1 − share), so that 90 %, 99 % and 99.9 % are equally far apart, as HdrHistogram plots.
 */
export interface Curve {
  readonly name: string;
  /** Ascending by share; milliseconds over 0. */
  readonly points: readonly { readonly share: number; readonly ms: number }[];
}

const width = 720;
const height = 400;
const margin = { left: 60, right: 20, top: 40, bottom: 40 };
const colours = ['#1b6ca8', '#d1495b', '#5b8c5a', '#8d6a9f', '#c98b2b', '#444444'];
/** The largest share drawn is 1 − 10^−decades. */
const decades = 4;

export function renderPercentilePlot(title: string, curves: readonly Curve[]): string {
  const values = curves.flatMap(({ points }) => points.map(({ ms }) => Math.log10(ms)));
  const low = Math.floor(Math.min(0, ...values));
  const high = Math.ceil(Math.max(low + 1, ...values));
  const x = (share: number): number => margin.left + ((width - margin.left - margin.right) * decadeOf(share)) / decades;
  const y = (logMs: number): number =>
    height - margin.bottom - ((height - margin.top - margin.bottom) * (logMs - low)) / (high - low);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${margin.left}" y="20" font-size="14">${escape(title)}</text>`,
    ...[0, 0.9, 0.99, 0.999, 0.9999].map((share) => {
      const at = x(share).toFixed(1);
      const line = `<line x1="${at}" x2="${at}" y1="${margin.top}" y2="${height - margin.bottom}" stroke="#ddd"/>`;
      const label = share === 0 ? 'min' : `p${Number((share * 100).toFixed(2))}`;
      return `${line}<text x="${at}" y="${height - margin.bottom + 18}" text-anchor="middle">${label}</text>`;
    }),
    ...Array.from({ length: high - low + 1 }, (_, i) => low + i).map((exponent) => {
      const at = y(exponent).toFixed(1);
      const line = `<line x1="${margin.left}" x2="${width - margin.right}" y1="${at}" y2="${at}" stroke="#ddd"/>`;
      return `${line}<text x="${margin.left - 6}" y="${at}" text-anchor="end">${10 ** exponent} ms</text>`;
    }),
    ...curves.map(({ name, points }, i) => {
      const colour = colours[i % colours.length]!;
      const path = points.map(({ share, ms }) => `${x(share).toFixed(1)},${y(Math.log10(ms)).toFixed(1)}`).join(' ');
      const line = `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`;
      return `${line}<text x="${margin.left + 10}" y="${margin.top + 16 * (i + 1)}" fill="${colour}">${escape(name)}</text>`;
    }),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

function decadeOf(share: number): number {
  return Math.min(decades, -Math.log10(Math.max(10 ** -decades, 1 - share)));
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
