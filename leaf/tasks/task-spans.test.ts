import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TaskTiming } from '../../shared/protocol/tasks/task.ts';
import type { Task } from '../../shared/protocol/tasks/tasks.ts';
import type { Tracer } from '../../shared/telemetry/tracer.ts';
import type { TaskEnd } from './task-desk.ts';
import { traceTask } from './task-spans.ts';

/** Spans as lines `name kind < parent from-to error`, in the order of their ends. */
function recorder(recorded: (name: string) => boolean): { readonly tracer: Tracer; readonly lines: string[] } {
  const lines: string[] = [];
  const begin: Tracer['begin'] = (name, { kind, parent, at, attributes }) => {
    if (!recorded(name)) return null;
    const shown = Object.keys(attributes).length === 0 ? [] : [JSON.stringify(attributes)];
    return {
      traceparent: `of ${name}`,
      set: () => undefined,
      event: () => undefined,
      end: (end, error) => {
        const parts = [name, kind, '<', parent ?? '-', `${at}-${end}`, ...shown];
        lines.push([...parts, ...(error === undefined ? [] : [`! ${error}`])].join(' '));
      },
    };
  };
  return { tracer: { begin }, lines };
}

const timing: TaskTiming = { queuedUs: 2000, executedUs: 3000 };
const task: Task = { kind: 'refresh', index: 'x0', shards: [1, 2], remainingMs: 5, trace: 'caller' };

function whole(end: TaskEnd, fault = ''): string {
  const attributes = { 'sheaf.leaf': 'a', 'sheaf.kind': 'refresh', 'sheaf.shards': [1, 2], 'sheaf.end': end };
  return `sheaf.task server < caller 10-20 ${JSON.stringify(attributes)}${fault}`;
}

const parts = ['sheaf.queue internal < of sheaf.task 10-12', 'sheaf.execute internal < of sheaf.task 12-15'];
const all = (): boolean => true;

// Each row: how the task ended, its times, which spans are recorded, and the spans that there are.
const rows: [
  name: string,
  end: TaskEnd,
  timing: TaskTiming | undefined,
  recorded: (name: string) => boolean,
  lines: string[],
][] = [
  ['an answer has its wait and its work', 'answered', timing, all, [...parts, whole('answered')]],
  ['what was never begun has neither', 'refused', undefined, all, [whole('refused')]],
  ['a task that gave way is no fault', 'shed', undefined, all, [whole('shed')]],
  ['a task that failed is one', 'failed', undefined, all, [whole('failed', ' ! failed')]],
  ['nothing is recorded', 'answered', timing, () => false, []],
  ['the whole alone is recorded', 'answered', timing, (name) => name === 'sheaf.task', [whole('answered')]],
];
for (const [name, end, times, recorded, expected] of rows) {
  test(`traceTask: ${name}`, () => {
    const { tracer, lines } = recorder(recorded);
    traceTask(tracer, 'a', task, { readAt: 10, endedAt: 20, end, timing: times });
    assert.deepEqual(lines, expected);
  });
}

test('traceTask: a task of no trace begins none', () => {
  const { tracer, lines } = recorder(all);
  const { trace: _, ...untraced } = task;
  traceTask(tracer, 'a', untraced, { readAt: 10, endedAt: 20, end: 'answered', timing });
  assert.deepEqual(lines, []);
});
