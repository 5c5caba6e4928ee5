/** Whether a document fits a schema: the check at the door, before anything is written to the log. */
import type { ErrorCode } from '../errors.ts';
import { describeValue } from '../json/describe-value.ts';
import { isObject } from '../json/read-object.ts';
import { limits } from '../limits.ts';
import { buildPathTree, forEachValue } from './extract.ts';
import type { DocumentPlace, DocumentVisitor, PathTree } from './extract.ts';
import type { FieldReading } from './kinds/definition.ts';
import type { FieldKind } from './kinds/field-kinds.ts';
import type { IndexSchema } from './schema.ts';
import { valueReader } from './values.ts';

/**
 * Why a document was refused. Plain data, because a bulk lists many of them and an error object is dear; where one
 * is needed, `new SheafError(fault.code, fault)` makes it.
 */
export interface DocumentFault {
  readonly code: ErrorCode;
  /** JSON pointer into the document. */
  readonly at: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

interface CheckedPath {
  readonly path: string;
  /** The ways its values are read, the field's own first: those of sub-fields that read as another does are left out. */
  readonly readings: readonly { readonly kind: FieldKind; readonly read: (value: unknown) => FieldReading }[];
}

export interface ValidationPlan {
  readonly paths: PathTree<CheckedPath>;
  readonly unknownAllowed: boolean;
}

/** What validateDocument needs of a schema. Made once a schema, shared by any number of documents. */
export function planValidation(schema: IndexSchema): ValidationPlan {
  const paths = Object.entries(schema.fields).map(([path, field]): [string, CheckedPath] => {
    const ways = [field, ...Object.values(field.fields ?? {})];
    const kinds = new Map(ways.map((way) => [valueReader(way), way.kind]));
    return [path, { path, readings: [...kinds].map(([read, kind]) => ({ kind, read })) }];
  });
  return { paths: buildPathTree(paths), unknownAllowed: schema.dynamic !== 'strict' };
}

/**
 * The first fault of a parsed document in its own order, or `null`: DOCUMENT_NOT_OBJECT, DOCUMENT_FIELD_UNKNOWN,
 * DOCUMENT_FIELD_TYPE or DOCUMENT_TOO_DEEP. Cost: one walk; pointers are put together only for a fault.
 */
export function validateDocument(plan: ValidationPlan, document: unknown): DocumentFault | null {
  if (!isObject(document)) {
    const detail = { expected: 'an object', actual: describeValue(document) };
    return { code: 'DOCUMENT_NOT_OBJECT', at: '', detail };
  }
  const check = new Check(plan.unknownAllowed);
  forEachValue(document, plan.paths, check);
  return check.fault;
}

class Check implements DocumentVisitor<CheckedPath> {
  fault: DocumentFault | null = null;
  private readonly unknownAllowed: boolean;

  constructor(unknownAllowed: boolean) {
    this.unknownAllowed = unknownAllowed;
  }

  value(target: CheckedPath, value: unknown, place: DocumentPlace): void {
    if (this.fault !== null) return;
    for (const { kind, read } of target.readings) {
      const reading = read(value);
      if (reading.kind !== 'wrong') continue;
      const detail = {
        field: target.path,
        kind,
        expected: reading.expected,
        actual: describeValue(value),
      };
      this.fault = { code: 'DOCUMENT_FIELD_TYPE', at: place.pointer(), detail };
      return;
    }
  }

  unknown(place: DocumentPlace): void {
    if (this.unknownAllowed || this.fault !== null) return;
    this.fault = { code: 'DOCUMENT_FIELD_UNKNOWN', at: place.pointer(), detail: { field: place.path() } };
  }

  tooDeep(place: DocumentPlace): void {
    this.fault ??= { code: 'DOCUMENT_TOO_DEEP', at: place.pointer(), detail: { limit: limits.documentDepthMax } };
  }
}
