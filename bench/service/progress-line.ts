/** Says what is being done: on one line of a terminal, elsewhere on a new line every other second at most. */
import type { Clock } from '../../shared/clock/clock.ts';

export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface ProgressLine {
  readonly show: (line: string) => void;
  /** Ends the line of a terminal. */
  readonly close: () => void;
}

const terminalMs = 100;
const elsewhereMs = 2000;

export function createProgressLine(output: ProgressOutput, clock: Clock): ProgressLine {
  const isTerminal = output.isTTY === true;
  const pauseMs = isTerminal ? terminalMs : elsewhereMs;
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    show: (line) => {
      const now = clock.now();
      if (now - shownAt < pauseMs) return;
      shownAt = now;
      // \x1b[K clears what a longer line left behind.
      output.write(isTerminal ? `\r${line}\x1b[K` : `${line}\n`);
    },
    close: () => {
      if (isTerminal) output.write('\n');
    },
  };
}
