/** Texts to index: real ones, repeated with varied words, or invented ones where there are none. */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Random } from '../../shared/random/random.ts';

/** Characters of a text, at most: of usual abstracts about the first half. */
const lengthMax = 550;

/** One word of so many is another one in each repetition of a text. */
const variedOneOf = 4;

/**
 * Titles and abstracts, one text a paper.
 * @param path gzipped lines of JSON with `title` and `abstract`
 * @returns null where there is no such file
 */
export function readPapers(path: string): string[] | null {
  if (!existsSync(path)) return null;
  const lines = gunzipSync(readFileSync(path)).toString().split('\n');
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const { title, abstract } = JSON.parse(line) as { title: string; abstract: string };
      return cutText(`${title} ${abstract}`);
    });
}

/** Whole words of the text, up to `lengthMax` characters. */
function cutText(text: string): string {
  if (text.length <= lengthMax) return text;
  const space = text.lastIndexOf(' ', lengthMax);
  return text.slice(0, space < 1 ? lengthMax : space);
}

/**
 * So many texts: those given, again and again. In every repetition but the first some words are replaced by words
 * drawn as often as they occur in the texts, so that words stay as common as they were.
 */
export function repeatVaried(texts: readonly string[], documents: number, random: Random): string[] {
  if (documents <= texts.length) return texts.slice(0, documents);
  const words = texts.flatMap((text) => text.split(' '));
  return Array.from({ length: documents }, (_, at) => {
    const text = texts[at % texts.length]!;
    if (at < texts.length) return text;
    const varied = text.split(' ').map((word) => (random.integer(1, variedOneOf) === 1 ? random.pick(words) : word));
    return varied.join(' ');
  });
}

/** Invented texts of about 80 words, whose frequencies follow Zipf's law. */
export function inventTexts(documents: number, random: Random): string[] {
  const vocabulary = 200_000;
  return Array.from({ length: documents }, () => {
    const words = Array.from({ length: random.integer(40, 120) }, () => {
      // The inverse of the distribution whose density falls as 1 / rank.
      return `w${Math.floor(vocabulary ** random.next()).toString(36)}`;
    });
    return words.join(' ');
  });
}
