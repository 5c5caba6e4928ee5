/** Words of a generation; two are kept, so at most twice as many. */
const wordsMax = 32_768;
/** Longer words are rare and would fill the memory. */
const lengthMax = 64;

/**
 * A function of words that remembers what it gave for the words it saw lately. Words repeat so much in texts that few
 * are ever worked on twice, and what is forgotten is only worked on again.
 *
 * Memory: at most 65,536 words of at most 64 characters, each with its result.
 */
export function rememberWords<Result>(make: (word: string) => Result): (word: string) => Result {
  let young = new Map<string, Result>();
  let old = new Map<string, Result>();
  return (word) => {
    let result = young.get(word);
    if (result !== undefined) return result;
    result = old.get(word) ?? make(word);
    if (word.length > lengthMax) return result;
    if (young.size >= wordsMax) {
      old = young;
      young = new Map();
    }
    young.set(word, result);
    return result;
  };
}
