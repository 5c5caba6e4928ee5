/** Lays a partial document over those that match, as they were when they were found. */
import { termOfIndex } from '../../../shared/catalog/index-id.ts';
import { SheafError } from '../../../shared/errors.ts';
import { isObject } from '../../../shared/json/read-object.ts';
import type { Reader } from '../../../shared/json/readers.ts';
import { reservedMember } from '../../../shared/schema/routing.ts';
import { planValidation, validateDocument } from '../../../shared/schema/validate.ts';
import type { ChangingKind } from './job-kind.ts';

const readDocument: Reader<{ readonly value: Readonly<Record<string, unknown>>; readonly json: string }> = (node) => {
  const { value } = node;
  if (!isObject(value)) throw node.wrongType('an object: what is laid over each document');
  return { value, json: node.json };
};

export const updateByQuery: ChangingKind = {
  does: 'changes',
  operation: 'changeDocument',
  properties: ['document'],
  read: async (properties, { schema }) => {
    const { value, json } = properties.required('document', readDocument);
    const fault = reservedMember(value) ?? validateDocument(planValidation(schema), value);
    if (fault !== null) {
      throw new SheafError(fault.code, { at: `/document${fault.at}`, detail: fault.detail });
    }
    return { partial: json };
  },
  follows: false,
  counts: {},
  needsSources: false,
  lineOf: ({ partial, indexId }, { key, sequence }) =>
    `{"_patch":${partial},"_key":${JSON.stringify(key)},"_ifSequence":${sequence},"_ifTerm":${termOfIndex(indexId)}}`,
};
