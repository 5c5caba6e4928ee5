/** Lengths of documents in one byte, where the leaf's folders look for them; roots score with them too. */
export { lengthCode, lengthOfCode } from '../../shared/ranking/length-code.ts';
