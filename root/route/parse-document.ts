/** A document from its bytes. Pure. */
import { isUtf8 } from 'node:buffer';
import { findDuplicateKey } from '../../shared/json/duplicate-key.ts';
import type { DocumentFault } from '../../shared/schema/validate.ts';

/** @returns any JSON value, or why the bytes are none: JSON_MALFORMED, JSON_DUPLICATE_KEY */
export function parseDocument(bytes: Buffer): { readonly document: unknown } | { readonly fault: DocumentFault } {
  if (!isUtf8(bytes)) {
    return { fault: { code: 'JSON_MALFORMED', at: '', detail: { reason: 'the bytes are not valid UTF-8' } } };
  }
  try {
    const document: unknown = JSON.parse(bytes.toString('utf8'));
    const duplicate = findDuplicateKey(bytes, document);
    return duplicate === null ? { document } : { fault: { code: 'JSON_DUPLICATE_KEY', ...duplicate } };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { fault: { code: 'JSON_MALFORMED', at: '', detail: { reason: reason.slice(0, 200) } } };
  }
}
