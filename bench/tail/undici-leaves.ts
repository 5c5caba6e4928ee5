/**
 * Leaves reached as a root without a transport of its own would reach them: a POST to /v1/tasks per task, by undici.
 * Touches the world: sockets.
 */
import { Pool } from 'undici';
import { asSheafError, SheafError } from '../../shared/errors.ts';
import { isObject } from '../../shared/json/read-object.ts';
import { packHits, type PartialHit } from '../../shared/protocol/hit-table.ts';
import type { Task } from '../../shared/protocol/tasks/tasks.ts';
import { formatAddress, type Address } from '../../shared/transport/address.ts';
import { readPartial } from '../../shared/protocol/read-partial.ts';
import type { Secret } from '../../shared/secret/proof.ts';
import { peerConnector } from '../../shared/transport/outgoing.ts';
import type { LeafPort, TaskOutcome } from '../../root/scatter/drive.ts';

export class UndiciLeaves implements LeafPort {
  private readonly pools: ReadonlyMap<string, Pool>;

  constructor(
    leaves: readonly { readonly name: string; readonly address: Address }[],
    secret: Secret,
    connections: number,
  ) {
    const options = { connections, connect: peerConnector(secret) };
    this.pools = new Map(
      leaves.map(({ name, address }) => [name, new Pool(`http://${formatAddress(address)}`, options)]),
    );
  }

  /** Sources come parsed with the hits, and no bytes are made of them again; the hits are packed for the merge. */
  send<T extends Task>(
    leaf: string,
    task: T,
    onOutcome: (outcome: TaskOutcome<T>) => void,
  ): { readonly cancel: () => void } {
    const controller = new AbortController();
    void this.ask(this.pools.get(leaf)!, task, controller.signal).then((outcome) => {
      if (!controller.signal.aborted) onOutcome(outcome);
    });
    return { cancel: () => controller.abort() };
  }

  async close(): Promise<void> {
    await Promise.all([...this.pools.values()].map((pool) => pool.destroy()));
  }

  private async ask<T extends Task>(pool: Pool, task: T, signal: AbortSignal): Promise<TaskOutcome<T>> {
    try {
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: '/v1/tasks',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(task),
        signal,
      });
      const answer: unknown = await body.json();
      const packed = statusCode === 200 ? pack(task, answer) : undefined;
      const partial = packed && readPartial(task, packed.header, packed.body);
      if (packed !== undefined && partial !== undefined) return { ok: true, partial, body: packed.body, sizeBytes: 0 };
      return { ok: false, error: new SheafError('LEAF_UNREACHABLE', { detail: { statusCode, answer } }) };
    } catch (error) {
      return { ok: false, error: asSheafError(error) };
    }
  }
}

/** What would have come in a frame. */
function pack(task: Task, answer: unknown): { readonly header: unknown; readonly body: Uint8Array } | undefined {
  if (task.kind !== 'search' || !isObject(answer) || !Array.isArray(answer['hits'])) return undefined;
  const { table, body } = packHits(task.sort, answer['hits'] as PartialHit[], []);
  return { header: { ...answer, hits: table }, body: Buffer.concat(body) };
}
