/** Scripts of one field `F` and a parameter `a`, and what they mean, written in another language than the engine's. */

type Meaning = (held: readonly number[], a: number, score: number) => number;

const least = (held: readonly number[]): number => (held.length === 0 ? NaN : Math.min(...held));

const ofValues: Readonly<Record<string, Meaning>> = {
  'doc[F].value > params.a': (held, a) => Number(least(held) > a),
  '!doc[F].empty && doc[F].value <= a * 10': (held, a) => Number(least(held) <= a * 10),
  'doc[F].size() >= 2 || doc[F].isEmpty()': (held) => Number(held.length !== 1),
  'Math.abs(doc[F].value) % 3 - params.a': (held, a) => (Math.abs(least(held)) % 3) - a,
};

const ofScores: Readonly<Record<string, Meaning>> = {
  'doc[F].size() * 0 + _score * params.a + 1;': (_held, a, score) => score * a + 1,
  'return doc[F].length == 0 ? _score : Math.log10(2 + Math.max(0, doc[F].value)) * _score': (held, _a, score) =>
    held.length === 0 ? score : Math.log10(2 + Math.max(0, least(held))) * score,
  '1 / doc[F].value': (held) => 1 / least(held),
};

const meanings = new Map(Object.entries({ ...ofValues, ...ofScores }));

export const scriptsOfValues: readonly string[] = Object.keys(ofValues);
export const scriptsOfScores: readonly string[] = Object.keys(ofScores);

/** @throws Error for a script that is none of these */
export function meaningOf(source: string): { readonly meaning: Meaning; readonly field: string } {
  const meaning = meanings.get(source.replaceAll(/'[^']*'/g, 'F'));
  const field = /'([^']*)'/.exec(source)?.[1] ?? '';
  if (meaning === undefined) throw new Error(`the oracle does not know the script ${source}`);
  return { meaning, field };
}
