/** What a leaf did for a task, as spans of the trace that the task belongs to. */
import type { TaskTiming } from '../../shared/protocol/tasks/task.ts';
import type { Task } from '../../shared/protocol/tasks/tasks.ts';
import type { Tracer } from '../../shared/telemetry/tracer.ts';
import type { TaskEnd } from './task-desk.ts';

export interface EndedTask {
  /** On the leaf's clock. */
  readonly readAt: number;
  readonly endedAt: number;
  readonly end: TaskEnd;
  /** Where it was answered. */
  readonly timing: TaskTiming | undefined;
}

/** Tells of a task that has ended: the whole and, where it was answered, its wait and its work. */
export function traceTask(tracer: Tracer, leaf: string, task: Task, ended: EndedTask): void {
  const { trace: parent, kind, shards } = task;
  if (parent === undefined) return;
  const { readAt, endedAt, end, timing } = ended;
  const span = tracer.begin('sheaf.task', {
    kind: 'server',
    parent,
    at: readAt,
    attributes: { 'sheaf.leaf': leaf, 'sheaf.kind': kind, 'sheaf.shards': shards, 'sheaf.end': end },
  });
  if (span === null) return;
  if (timing !== undefined) {
    const beganAt = readAt + timing.queuedUs / 1000;
    const part = (name: string, at: number): ReturnType<Tracer['begin']> => {
      return tracer.begin(name, { kind: 'internal', parent: span.traceparent, at, attributes: {} });
    };
    part('sheaf.queue', readAt)?.end(beganAt);
    part('sheaf.execute', beganAt)?.end(beganAt + timing.executedUs / 1000);
  }
  span.end(endedAt, end === 'failed' ? end : undefined);
}
