import type { Reader } from '../../shared/json/readers.ts';

/** `true` to pin the present state, or what an answer gave as its `at`. @throws SheafError REQUEST_TYPE_WRONG */
export const readAt: Reader<true | string> = (node) => {
  const { value } = node;
  if (value !== true && (typeof value !== 'string' || value === '')) {
    throw node.wrongType('true, or the at of an earlier answer');
  }
  return value;
};
