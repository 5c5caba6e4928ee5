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
import { decodeChange, judgementVersion } from '../../../shared/judge/change.ts';
import type { AppendBatch } from '../../../shared/log/append-batch.ts';
import { readEntries } from '../../../shared/log/batch.ts';

/** That of this release, and the next. */
export type JudgementVersion = 'this' | 'next';

const nextVersion = judgementVersion + 1;

/** By which a change is judged. */
export function versionOf(change: Uint8Array): JudgementVersion {
  return change[0] === nextVersion ? 'next' : 'this';
}

/** As this release would have written it. */
export function asThis(change: Uint8Array): Uint8Array {
  return Uint8Array.of(judgementVersion, ...change.subarray(1));
}

const readNext: ReadChange = (bytes) => {
  if (versionOf(bytes) === 'this') return decodeChange(bytes);
  const change = decodeChange(asThis(bytes));
  const { operation } = change;
  if (operation.kind !== 'patch') return change;
  return { ...change, operation: { ...operation, upsert: operation.upsert ?? operation.partial } };
};

const nextEngine = { ...documentEngine, newPending: () => new Pending(readNext) };

/** The kinds of a leaf that knows the judgements up to this version. */
export function kindsOf(version: JudgementVersion, kept: Retention): LeafKinds {
  const engine = version === 'this' ? documentEngine : nextEngine;
  return { ...leafKinds, document: documentKindThat({ engine, kept }) };
}

/** The same batches with all that is judged in them under the next version. */
export function underNext(batches: readonly AppendBatch[]): AppendBatch[] {
  return batches.map((batch) => {
    const bytes = new Uint8Array(batch.bytes);
    // Bodies are views of the bytes.
    for (const { kind, body } of readEntries(bytes)) if (kind === 'judged') body[0] = nextVersion;
    return { ...batch, bytes };
  });
}
