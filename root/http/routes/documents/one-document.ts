/** What PUT, DELETE and GET of one document share. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SheafError } from '../../../../shared/errors.ts';
import { checkKey } from '../../../../shared/schema/key.ts';
import type { IngestAnswer } from '../../../ingest.ts';
import { readParameters, requireOneOf } from '../../parameters.ts';

export interface DocumentName {
  /** Of the index. */
  readonly name: string;
  readonly key: string;
}

/** @throws SheafError KEY_INVALID, KEY_TOO_LONG */
export function readDocumentName(request: FastifyRequest): DocumentName {
  const { index, key } = request.params as { index: string; key: string };
  const fault = checkKey(key);
  if (fault !== null) throw new SheafError(fault.code, fault);
  return { name: index, key };
}

/** The document to write, and whether to wait until it can be searched. @throws SheafError PARAMETER_…, KEY_… */
export function readTarget(request: FastifyRequest): DocumentName & { readonly wait: boolean } {
  const { refresh } = readParameters(request.query, ['refresh']);
  if (refresh !== undefined) requireOneOf('refresh', refresh, ['wait']);
  return { ...readDocumentName(request), wait: refresh !== undefined };
}

/** @throws SheafError why the document was rejected, BODY_MISSING */
export function replyToWrite(
  reply: FastifyReply,
  result: 'put' | 'delete',
  { name, key, answer }: DocumentName & { readonly answer: IngestAnswer },
): FastifyReply {
  const [rejection] = answer.rejections;
  if (rejection !== undefined) throw new SheafError(rejection.code, rejection);
  if (answer.accepted === 0) throw new SheafError('BODY_MISSING');
  const { token, refreshed } = answer;
  return reply.send({ _index: name, _id: key, result, token, ...(refreshed === null ? {} : { refreshed }) });
}
