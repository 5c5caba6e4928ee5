/** One life of one child process. Touches the world: processes and the telemetry file. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface ChildCommand {
  readonly name: string;
  readonly executable: string;
  readonly args: readonly string[];
  /** Folder of the telemetry files. */
  readonly telemetry: string;
}

export interface ChildEvents {
  /** The child said that it serves. */
  readonly onReady: () => void;
  /** @param line what it said was wrong, if it did */
  readonly onExit: (code: number | null, signal: NodeJS.Signals | null, line: string | undefined) => void;
}

/** What a process tells the one that started it. */
export type ChildMessage = { readonly kind: 'ready' } | { readonly kind: 'failed'; readonly line: string };

/**
 * Starts a child whose output goes to its telemetry file.
 *
 * It is in a process group of its own, so that Ctrl-C in a terminal reaches `up` alone, which then stops the children
 * in order; the channel between the two closes when `up` dies, however it dies, and the child then ends itself.
 */
export function startChild(command: ChildCommand, events: ChildEvents): ChildProcess {
  const file = openTelemetryFile(join(command.telemetry, `${command.name}.ndjson`));
  const child = spawn(command.executable, command.args, { detached: true, stdio: ['ignore', file, file, 'ipc'] });
  closeSync(file);
  let line: string | undefined;
  let ended = false;
  const end = (code: number | null, signal: NodeJS.Signals | null): void => {
    if (ended) return;
    ended = true;
    events.onExit(code, signal, line);
  };
  child.on('message', (message) => {
    const said = message as ChildMessage;
    if (said.kind === 'ready') events.onReady();
    else line = said.line;
  });
  child.on('error', (error) => {
    line ??= error.message;
    if (child.pid === undefined) end(1, null);
  });
  child.on('exit', end);
  return child;
}

/** Past this size the file of before is set aside, and the one set aside before it dropped. */
const telemetryBytesMax = 16 * 1024 * 1024;

function openTelemetryFile(path: string): number {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > telemetryBytesMax) renameSync(path, `${path}.1`);
  return openSync(path, 'a');
}
