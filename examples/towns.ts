/** Towns and the people in them: the census's, or a few made up where its file is not there. Touches the world: files. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Town {
  readonly state: string;
  readonly county: string;
  readonly population: number;
}

const archive = fileURLToPath(new URL('../../shared/data/us-places.tar.gz', import.meta.url));

/** @param say told loudly when the towns are made up */
export function readTowns(say: (line: string) => void): Town[] {
  if (!existsSync(archive)) {
    say(`!!! ${archive} is missing: these towns are MADE UP !!!`);
    return Array.from({ length: 2000 }, (_, i) => {
      return { state: `State ${i % 7}`, county: `County ${i % 91}`, population: (i * 7919) % 100_000 };
    });
  }
  const text = execFileSync('tar', ['-xzOf', archive, 'us-places/us-places-2021.jsonl'], { maxBuffer: 1e8 }).toString();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { state, county, population } = JSON.parse(line) as Partial<Town>;
      return { state: state ?? '', county: county ?? '', population: population ?? 0 };
    });
}
