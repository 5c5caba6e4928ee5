/** WordNet in memory: what the benchmarks load and draw their words from. Touches the world: reads its files. */
import { readWordnet, type Synset } from '../../command/demo/wordnet.ts';

/** All synsets, or `documentsMax` of them at equal distances, so that a part holds every part of speech. */
export async function readCorpus(documentsMax: number): Promise<Synset[]> {
  const all: Synset[] = [];
  for await (const synset of readWordnet()) all.push(synset);
  if (documentsMax >= all.length) return all;
  const stride = all.length / documentsMax;
  return Array.from({ length: documentsMax }, (_, i) => all[Math.floor(i * stride)]!);
}
