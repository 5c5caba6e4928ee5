/**
 * The ground in which bugs are put by rule. Touches the world: reads the sources.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { equivalents } from './equivalent.ts';
import { linesOf, mutationsOf, type Mutation } from './rules.ts';

export const repository = join(import.meta.dirname, '../..');

const folders = '{root/scatter,root/plan,root/gather,leaf/tasks,leaf/schedule,shared/log}';

/** What is pure of the log over Kafka. The rest is tested with a broker, which no trial has. */
const pureOfKafka = /^shared\/log\/kafka\/(?:names|records|decision|verdicts|key-table|meta)\.ts$/;

/** Sources of the ground: what runs in a cluster. */
export function groundFiles(): string[] {
  const files = globSync(`${folders}/**/*.ts`, { cwd: repository });
  return files
    .filter((file) => !/\.(test|fixture)\.ts$|(^|\/)main\.ts$/.test(file))
    .filter((file) => !file.startsWith('shared/log/kafka/') || pureOfKafka.test(file))
    .sort();
}

/** Every mutation of the ground but those that change nothing. */
export function mutationsOfGround(): Mutation[] {
  return groundFiles().flatMap((file) => {
    const source = readSource(file);
    const known = equivalents.filter((each) => each.file === file);
    return mutationsOf(file, source).filter((mutation) => {
      const [before, after] = linesOf(source, mutation);
      return !known.some((each) => each.before === before && each.after === after);
    });
  });
}

const sources = new Map<string, string>();

/** As it was when it was read first: the places of mutations are those of that source. */
export function readSource(file: string): string {
  const source = sources.get(file) ?? readFileSync(join(repository, file), 'utf8');
  sources.set(file, source);
  return source;
}
