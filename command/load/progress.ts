/** Shows how far a load is: one line that is written over on a terminal, else a new line every two seconds. */
import type { Writable } from 'node:stream';
import type { Clock } from '../../shared/clock/clock.ts';

export interface ProgressState {
  readonly documents: number;
  /** 0 to 1, or undefined where the end is not known. */
  readonly share: number | undefined;
  /** What batches wait for before they are sent again; undefined where none does. */
  readonly waitsFor: string | undefined;
}

const barCells = 24;

/** `[######------------------]  25 %  29,447 documents  19,631 documents/s`. Pure. */
export function progressLine(state: ProgressState, elapsedMs: number): string {
  const perSecond = elapsedMs <= 0 ? 0 : Math.round((state.documents / elapsedMs) * 1000);
  const waiting = state.waitsFor === undefined ? '' : `  slowed down: ${state.waitsFor}`;
  const counts = `${grouped(state.documents)} documents  ${grouped(perSecond)} documents/s${waiting}`;
  if (state.share === undefined) return counts;
  const share = Math.min(1, Math.max(0, state.share));
  const cells = Math.floor(share * barCells);
  const bar = '#'.repeat(cells) + '-'.repeat(barCells - cells);
  return `[${bar}] ${String(Math.floor(share * 100)).padStart(3)} %  ${counts}`;
}

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

export interface Output extends Writable {
  readonly isTTY?: boolean;
}

/** Shows the state until `close`, which shows it once more. Touches the world: a timer and a stream. */
export class Progress {
  private readonly timer: NodeJS.Timeout;
  private readonly startedAt: number;
  private readonly show: () => void;
  private readonly output: Output;

  constructor(output: Output, clock: Clock, state: () => ProgressState) {
    this.output = output;
    this.startedAt = clock.now();
    this.show = () => {
      const line = progressLine(state(), clock.now() - this.startedAt);
      // \x1b[K clears what a longer line left behind.
      output.write(output.isTTY === true ? `\r${line}\x1b[K` : `${line}\n`);
    };
    this.timer = setInterval(this.show, output.isTTY === true ? 100 : 2000);
  }

  close(): void {
    clearInterval(this.timer);
    this.show();
    if (this.output.isTTY === true) this.output.write('\n');
  }
}
