/** The kinds of task there are: what is asked of leaves, and what they answer. */
import { statisticsMessage, type StatisticsPartial, type StatisticsTask } from './statistics.ts';
import { searchMessage, type SearchPartial, type SearchTask } from './search.ts';
import { fetchMessage, type FetchPartial, type FetchTask } from './fetch.ts';
import { documentMessage, type DocumentPartial, type DocumentTask } from './document.ts';
import { matchesMessage, type MatchesPartial, type MatchesTask } from './matches.ts';
import { outcomesMessage, type OutcomesPartial, type OutcomesTask } from './outcomes.ts';
import { scanMessage, type ScanPartial, type ScanTask } from './scan.ts';
import { refreshMessage, type RefreshPartial, type RefreshTask } from './refresh.ts';
import { setsMessage, type SetsPartial, type SetsTask } from './sets.ts';
import { sourcesMessage, type SourcesPartial, type SourcesTask } from './sources.ts';
import { rowsMessage, type RowsPartial, type RowsTask } from './rows.ts';
import type { TaskBase, TaskMessage } from './task.ts';

interface TaskByKind {
  statistics: StatisticsTask;
  search: SearchTask;
  fetch: FetchTask;
  document: DocumentTask;
  matches: MatchesTask;
  outcomes: OutcomesTask;
  scan: ScanTask;
  refresh: RefreshTask;
  sets: SetsTask;
  sources: SourcesTask;
  rows: RowsTask;
}

interface PartialByKind {
  statistics: StatisticsPartial;
  search: SearchPartial;
  fetch: FetchPartial;
  document: DocumentPartial;
  matches: MatchesPartial;
  outcomes: OutcomesPartial;
  scan: ScanPartial;
  refresh: RefreshPartial;
  sets: SetsPartial;
  sources: SourcesPartial;
  rows: RowsPartial;
}

export type TaskKind = keyof TaskByKind;

export type Task = TaskByKind[TaskKind];

export type Partial = PartialByKind[TaskKind];

/** The partial that answers each kind of task. */
export type PartialOf<T extends Task> = Extract<Partial, { kind: T['kind'] }>;

const messages: { readonly [K in TaskKind]: TaskMessage<TaskByKind[K]> } = {
  statistics: statisticsMessage,
  search: searchMessage,
  fetch: fetchMessage,
  document: documentMessage,
  matches: matchesMessage,
  outcomes: outcomesMessage,
  scan: scanMessage,
  refresh: refreshMessage,
  sets: setsMessage,
  sources: sourcesMessage,
  rows: rowsMessage,
};

export const taskKinds: readonly TaskKind[] = Object.keys(messages) as TaskKind[];

/** What a kind of task is on the wire. The type is wider than it is true: it is to be asked of tasks of its own kind. */
export function messageOf(kind: TaskKind): TaskMessage<TaskBase> {
  return messages[kind] as TaskMessage<TaskBase>;
}
