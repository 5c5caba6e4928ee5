/**
 * Keeps the log offsets of an index within what its kind can take: an ordinal of a term index is one. Reads the log's end
 * now and then, not at every write, and so refuses a margin early: more than can be appended between two reads.
 */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { SheafError } from '../../shared/errors.ts';
import { indexKinds } from '../../shared/index-kinds/index-kinds.ts';
import { partitionOf } from '../../shared/index-kinds/partitions.ts';
import type { Log } from '../../shared/log/log.ts';

const lookAgainMs = 10_000;
const margin = 1 << 24;

export class OrdinalGuard {
  private readonly log: Pick<Log, 'heads'>;
  private readonly looks = new Map<string, { readonly at: number; readonly head: number }>();

  constructor(log: Pick<Log, 'heads'>) {
    this.log = log;
  }

  /** @param now in milliseconds @throws SheafError INDEX_FULL, LOG_UNAVAILABLE */
  async check(index: Pick<IndexDefinition, 'id' | 'name' | 'kind'>, now: number): Promise<void> {
    const { offsetMax } = indexKinds[index.kind];
    if (offsetMax === Infinity) return;
    const head = await this.headOf(index, now);
    const limit = offsetMax - margin;
    if (head >= limit) throw new SheafError('INDEX_FULL', { detail: { index: index.name, limit, actual: head } });
  }

  private async headOf(index: Pick<IndexDefinition, 'id' | 'kind'>, now: number): Promise<number> {
    const known = this.looks.get(index.id);
    if (known !== undefined && now - known.at < lookAgainMs) return known.head;
    const [head] = await this.log.heads([partitionOf(index, 0)]);
    this.looks.set(index.id, { at: now, head: head! });
    return head!;
  }
}
