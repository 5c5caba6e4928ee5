import { forEachWord } from '../../words.ts';
import { plain, type PartDefinition, type Tokenizer } from '../part.ts';

/** An address of the web or of mail, up to white space and what does not end one. */
const address =
  /(?<![\p{L}\p{N}])(?:https?:\/\/[^\p{White_Space}<>"']{1,2000}|[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8})/gu;

const trailing = /[.,;:!?)\]}]+$/;

/** As standard; addresses of the web and of mail stay whole. */
export const uaxUrlEmailTokenizer: PartDefinition<Tokenizer> = plain((text, take) => {
  let position = 0;
  let usedDictionaries = false;
  const words = (from: number, to: number): void => {
    const cut = forEachWord(text.slice(from, to), (term, start, end) =>
      take({ term, position: position++, start: from + start, end: from + end }),
    );
    usedDictionaries ||= cut;
  };
  let at = 0;
  for (const { 0: found, index: start } of text.matchAll(address)) {
    const term = found.replace(trailing, '');
    words(at, start);
    at = start + term.length;
    take({ term, position: position++, start, end: at });
  }
  words(at, text.length);
  return usedDictionaries;
});
