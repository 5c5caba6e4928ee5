/**
 * A judgement of the next version, as a release to come would bring one: a patch of a document that there is not makes it.
 * Leaves that know it, and the entries of roots that write it.
 */
import { documentEngine } from '../../../leaf/indexing/document-engine.ts';
import { Pending, type ReadChange } from '../../../leaf/indexing/pending.ts';
import type { Retention } from '../../../leaf/keys/key-history.ts';
import { documentKindThat } from '../../../leaf/kinds/document.ts';
import type { LeafKinds } from '../../../leaf/kinds/leaf-kind.ts';
import { leafKinds } from '../../../leaf/kinds/leaf-kinds.ts';
import { decodeChange } from '../../../shared/judge/change.ts';
import type { AppendBatch } from '../../../shared/log/append-batch.ts';
import { readEntries } from '../../../shared/log/batch.ts';

/** That of this release, and the next. */
export type JudgementVersion = 2 | 3;

export function versionOf(change: Uint8Array): number {
  return change[0]!;
}

const readNext: ReadChange = (bytes) => {
  if (versionOf(bytes) !== 3) return decodeChange(bytes);
  const change = decodeChange(Uint8Array.of(2, ...bytes.subarray(1)));
  const { operation } = change;
  if (operation.kind !== 'patch') return change;
  return { ...change, operation: { ...operation, upsert: operation.upsert ?? operation.partial } };
};

const nextEngine = { ...documentEngine, newPending: () => new Pending(readNext) };

/** The kinds of a leaf that knows the judgements up to this version. */
export function kindsOf(version: JudgementVersion, kept: Retention): LeafKinds {
  const engine = version === 2 ? documentEngine : nextEngine;
  return { ...leafKinds, document: documentKindThat({ engine, kept }) };
}

/** The same batches with all that is judged in them under the next version. */
export function underNext(batches: readonly AppendBatch[]): AppendBatch[] {
  return batches.map((batch) => {
    const bytes = new Uint8Array(batch.bytes);
    // Bodies are views of the bytes.
    for (const { kind, body } of readEntries(bytes)) if (kind === 'judged') body[0] = 3;
    return { ...batch, bytes };
  });
}
