/** Framed connections from roots: tasks come in, partials go out, in any order; a cancel ends a task. */
import { asSheafError, SheafError } from '../../shared/errors.ts';
import type { Members } from '../../shared/protocol/reports.ts';
import type { Connection, ConnectionEvents } from '../../shared/transport/connection.ts';
import type { Frame } from '../../shared/transport/frame.ts';
import { Cancelled } from '../schedule/run-job.ts';
import type { TaskDesk } from '../tasks/task-desk.ts';
import { MembersReader } from '../../shared/protocol/members-frames.ts';
import { readMembers } from '../../shared/protocol/read-members.ts';
import type { Reporter } from './reporter.ts';

export interface ConnectionStages {
  readonly desk: Pick<TaskDesk, 'answer'>;
  readonly reporter: Pick<Reporter, 'add' | 'remove'>;
  /** A root has connected. */
  readonly onRoot: (root: object) => void;
  readonly onMembers: (root: object, members: Members) => void;
  readonly onRootGone: (root: object) => void;
}

/** Serves one connection; see acceptConnections. */
export function serveConnection(stages: ConnectionStages, connection: Connection): ConnectionEvents {
  /** By id: how to end a task that was asked over this connection. */
  const tasks = new Map<number, AbortController>();
  const members = new MembersReader();
  stages.reporter.add(connection);
  stages.onRoot(connection);

  const answer = async ({ id, header }: Frame): Promise<void> => {
    const controller = new AbortController();
    tasks.set(id, controller);
    try {
      const { partial, body } = await stages.desk.answer(header, controller.signal);
      connection.send('partial', id, partial, body);
    } catch (error) {
      if (!(error instanceof Cancelled)) connection.send('failure', id, asSheafError(error).toBody());
    } finally {
      tasks.delete(id);
    }
  };
  const onFrame = (frame: Frame): void => {
    const { type, id, header } = frame;
    if (type === 'cancel') return tasks.get(id)?.abort();
    if (type === 'members') return stages.onMembers(connection, members.read(readMembers(header)));
    if (type !== 'task') throw unexpected('type', type);
    if (tasks.has(id)) throw unexpected('id', id);
    void answer(frame);
  };
  const onClose = (): void => {
    stages.reporter.remove(connection);
    stages.onRootGone(connection);
    for (const controller of tasks.values()) controller.abort();
  };
  return { onFrame, onClose };
}

function unexpected(field: string, actual: number | string): SheafError {
  return new SheafError('FRAME_INVALID', { detail: { field, actual } });
}
