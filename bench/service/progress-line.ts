/** Says what is being done: on one line of a terminal, elsewhere on a new line every other second. Touches the world: a timer. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface ProgressLine {
  /** Costs nothing but memory: what was said last is written when the time has come. */
  readonly show: (line: string) => void;
  readonly close: () => void;
}

const terminalMs = 100;
const elsewhereMs = 2000;

export function createProgressLine(output: ProgressOutput): ProgressLine {
  const isTerminal = output.isTTY === true;
  let pending: string | undefined;
  const write = (): void => {
    if (pending === undefined) return;
    // \x1b[K clears what a longer line left behind.
    output.write(isTerminal ? `\r${pending}\x1b[K` : `${pending}\n`);
    pending = undefined;
  };
  const timer = setInterval(write, isTerminal ? terminalMs : elsewhereMs);
  return {
    show: (line) => {
      pending = line;
    },
    close: () => {
      clearInterval(timer);
      write();
      if (isTerminal) output.write('\n');
    },
  };
}
