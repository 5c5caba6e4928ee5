import { arrayOf, readString } from '../../../json/readers.ts';
import type { RequestNode } from '../../../json/request-node.ts';
import { limits } from '../../../limits.ts';
import type { CharFilter, PartDefinition } from '../part.ts';

/** `["from => to"]`: at each place the longest that is there is replaced. What was replaced is not looked at again, so no mapping is cyclic. */
export const mappingFilter: PartDefinition<CharFilter> = {
  options: ['mappings'],
  make(properties) {
    const pairs = new Map(properties.required('mappings', arrayOf(readMapping, limits.analyzerWordsMax)));
    const lengths = [...new Set([...pairs.keys()].map(({ length }) => length))].sort((a, b) => b - a);
    return (text) => {
      const edits = [];
      for (let at = 0; at < text.length;) {
        const length = lengths.find((size) => pairs.has(text.slice(at, at + size)) && at + size <= text.length);
        if (length !== undefined)
          edits.push({ start: at, end: at + length, by: pairs.get(text.slice(at, at + length))! });
        at += length ?? 1;
      }
      return edits;
    };
  },
};

function readMapping(node: RequestNode): [from: string, to: string] {
  const parts = readString(node).split('=>');
  const [from = '', to = ''] = parts.map((part) => part.trim());
  if (parts.length !== 2 || from === '' || from.length > limits.mappedLengthMax) {
    throw node.invalid({ expected: `"from => to", from of 1 to ${limits.mappedLengthMax} characters` });
  }
  return [from, to];
}
