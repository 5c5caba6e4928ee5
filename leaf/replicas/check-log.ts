/**
 * Whether the log that can be reached is the one a data folder was filled from. Touches the world: files, the log.
 *
 * Asked once at the start, before anything is served: what the folder holds may be the last copy of what the log has
 * lost, and whoever runs the cluster must say what is to become of it.
 */
import { SheafError } from '../../shared/errors.ts';
import { partitionOf } from '../../shared/index-kinds/partitions.ts';
import { catalogPartition, type Log } from '../../shared/log/log.ts';
import { readOffsets } from '../indexing/replica-offsets.ts';
import type { DataFolder } from './data-folder.ts';

/** A leaf that starts while the log is down starts this much later. */
const answerMsMax = 1500;

/**
 * Resolves when the log is the one of before, or cannot be asked now.
 * @throws SheafError LOG_REPLACED when it is another, or lacks what the folder has
 */
export async function checkLog(
  data: Pick<DataFolder, 'path' | 'indexes' | 'log' | 'catalog'>,
  log: Log,
): Promise<void> {
  try {
    const found = await log.identity({ timeoutMs: answerMsMax });
    if (data.log !== null && found !== data.log) {
      throw new SheafError('LOG_REPLACED', { detail: { data: data.path, expected: data.log, found } });
    }
    await checkHeads(data, log);
  } catch (error) {
    if (!(error instanceof SheafError) || error.code !== 'LOG_UNAVAILABLE') throw error;
  }
}

async function checkHeads({ path, indexes, catalog }: Parameters<typeof checkLog>[0], log: Log): Promise<void> {
  const replicas = await readOffsets(indexes);
  const read = [
    { partition: catalogPartition, offset: catalog?.offset ?? -1 },
    ...replicas.map(({ indexId, kind, shard, offset }) => ({
      partition: partitionOf({ id: indexId, kind }, shard),
      offset,
    })),
  ];
  const heads = await log.heads(
    read.map(({ partition }) => partition),
    { timeoutMs: answerMsMax },
  );
  const ahead = read.findIndex(({ offset }, index) => offset > heads[index]!);
  if (ahead === -1) return;
  const { partition, offset } = read[ahead]!;
  throw new SheafError('LOG_REPLACED', { detail: { data: path, partition, read: offset, head: heads[ahead] } });
}
