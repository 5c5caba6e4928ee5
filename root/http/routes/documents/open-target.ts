/** The index that a write goes to, which may have to be created first. */
import { Readable } from 'node:stream';
import { Type } from 'typebox';
import type { IndexDefinition } from '../../../../shared/catalog/catalog.ts';
import { createModes } from '../../../../shared/catalog/create-mode.ts';
import { SheafError } from '../../../../shared/errors.ts';
import { reservedMember } from '../../../../shared/schema/routing.ts';
import { planValidation, validateDocument } from '../../../../shared/schema/validate.ts';
import { findOrCreate } from '../../../catalog/create-missing.ts';
import { requireOperation, type IndexOperation } from '../../../kinds/root-kind.ts';
import { ByteOrderMark } from '../../../route/byte-order-mark.ts';
import { trim } from '../../../route/document-splitter.ts';
import { parseDocument } from '../../../route/parse-document.ts';
import { BodyProbe } from '../../../route/probe-body.ts';
import type { AskedCondition } from '../../../route/read-of.ts';
import { requireOneOf } from '../../parameters.ts';
import type { RootServices } from '../../services.ts';

export const createParameter = Type.Optional(
  Type.String({
    enum: [...createModes],
    description:
      'Where the index does not exist: never, the write is refused; template, the index is created by the template that fits; dynamic, also where none fits, with every field that its documents bring. Left out: as the root is set to.',
  }),
);

export interface Target {
  /** Of an index or an alias. */
  readonly name: string;
  /** Value of the URL parameter. */
  readonly create: string | undefined;
  /** Which has to be one that the index takes; null where that follows from the lines of the body. */
  readonly operation: IndexOperation | null;
  /** As that of WrittenTo, with the body where it may be of many documents. */
  readonly check?: (index: IndexDefinition, body: BodyProbe) => unknown;
  /** Whether the body is one document and nothing else: then nothing is created for one that is none. */
  readonly isOneDocument?: boolean;
}

/**
 * Nothing is created for a change of one document that has nothing to change then.
 * @param name of the index that would be created
 * @throws SheafError INDEX_NOT_FOUND
 */
export function requireMaking(
  name: string,
  condition: AskedCondition,
  patch: { readonly upsert: boolean } | null,
): void {
  // Whatever sequence is asked for, no document has it where none is.
  const isOfDocument = condition.kind === 'exists' || condition.kind === 'sequence';
  if (isOfDocument || patch?.upsert === false) throw changesNothing(name);
}

/**
 * The index, and the body to write. An index that is created is so once `check` has said that it may be, and where the body is one document once that was
 * parsed.
 * @throws SheafError PARAMETER_INVALID, what the body throws, as `findOrCreate`; of one document JSON_MALFORMED, JSON_DUPLICATE_KEY,
 *   DOCUMENT_NOT_OBJECT
 */
export async function openTarget(
  services: RootServices,
  { name, create, operation, check, isOneDocument = false }: Target,
  body: AsyncIterable<Buffer>,
): Promise<{ readonly index: IndexDefinition; readonly body: AsyncIterable<Buffer> }> {
  const { createIndexes } = services.config;
  const mode = create === undefined ? createIndexes : requireOneOf('create', create, createModes);
  if (mode === 'never' || services.catalog.findKnown(name) !== undefined) {
    const index = await services.catalog.findWritten(name);
    if (operation !== null) requireOperation(services.kinds, index, operation);
    return { index, body };
  }
  const probe = new BodyProbe(isOneDocument ? await readOne(body) : body);
  const written = { name, mode, operation, check: (each: IndexDefinition) => check?.(each, probe) };
  return { index: await findOrCreate(services, written), body: probe.body() };
}

/** What a write that can make no document is told where there is no index. */
export function changesNothing(name: string): SheafError {
  const reason = 'a write that makes no document, as a deletion or a change of what is not there, creates no index';
  return new SheafError('INDEX_NOT_FOUND', { detail: { index: name, reason } });
}

const anyFields = planValidation({ dynamic: 'false', fields: {} });

/** The same body, which was read to its end and is a document. */
async function readOne(body: AsyncIterable<Buffer>): Promise<AsyncIterable<Buffer>> {
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(Buffer.from(piece));
  const mark = new ByteOrderMark();
  const bytes = trim(Buffer.concat([...pieces.map((piece) => mark.strip(piece)), mark.rest()]));
  if (bytes.length === 0) throw new SheafError('BODY_MISSING');
  const parsed = parseDocument(bytes);
  const fault =
    'fault' in parsed
      ? parsed.fault
      : (reservedMember(parsed.document) ?? validateDocument(anyFields, parsed.document));
  if (fault !== null) throw new SheafError(fault.code, fault);
  return Readable.from(pieces);
}
