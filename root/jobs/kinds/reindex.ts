/**
 * Copies the documents that match into another index, and goes on with what is written meanwhile. The version of a copy is that of
 * its source, one more than its sequence: what comes late or twice changes nothing.
 */
import { SheafError } from '../../../shared/errors.ts';
import { readNonEmptyString } from '../../../shared/json/readers.ts';
import { splitRouting } from '../../../shared/schema/routing.ts';
import type { JobKind } from './job-kind.ts';

export const reindex: JobKind = {
  operation: 'changeDocument',
  properties: ['into'],
  read: async (properties, index, find) => {
    const into = properties.required('into', readNonEmptyString);
    if (into === index.name) {
      throw new SheafError('REQUEST_VALUE_INVALID', {
        at: '/into',
        detail: { expected: 'another index', actual: into },
      });
    }
    const target = await find(into);
    return { into: target.name, intoId: target.id };
  },
  follows: true,
  // Gone already is as good as deleted.
  counts: { not_found: 'noop' },
  needsSources: true,
  lineOf: (_spec, { key, sequence, source }) => {
    const { routing, source: document } = splitRouting(source);
    const text = Buffer.from(document.buffer, document.byteOffset, document.byteLength).toString();
    const routed = routing === null ? '' : `,"_routing":${JSON.stringify(routing)}`;
    return `{"_put":${text},"_key":${JSON.stringify(key)},"_version":${sequence + 1}${routed}}`;
  },
};
