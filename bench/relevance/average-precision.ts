/**
 * Average precision of one ranking: the mean, over all relevant documents, of the share of relevant ones down to where
 * each was found; 0 for those that were not. 0 where nothing is relevant. Pure.
 *
 * Source: Manning, Raghavan and Schütze, "Introduction to Information Retrieval" (2008), 8.4.
 */
export function averagePrecision(ranking: readonly string[], relevant: ReadonlySet<string>): number {
  let found = 0;
  let sum = 0;
  ranking.forEach((id, at) => {
    if (!relevant.has(id)) return;
    found++;
    sum += found / (at + 1);
  });
  return relevant.size === 0 ? 0 : sum / relevant.size;
}

/** The share of the first `count` that is relevant. */
export function precisionAt(ranking: readonly string[], relevant: ReadonlySet<string>, count: number): number {
  return ranking.slice(0, count).filter((id) => relevant.has(id)).length / count;
}
