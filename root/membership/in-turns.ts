/**
 * Long work of many, on the thread that answers everybody: one slice of one of them in each turn, however many there are, so that all else has
 * its turn between. No I/O: the clock and the way to ask for another turn come in as arguments.
 */
import type { Clock } from '../../shared/clock/clock.ts';

/** As long as a slice of an evaluation on a leaf. */
const sliceMs = 1;

interface Work {
  /** Does some of it, much less than a slice; false when there is no more. */
  readonly step: () => boolean;
}

export class InTurns {
  private readonly clock: Clock;
  private readonly ask: (turn: () => void) => void;
  /** What is next comes first. */
  private readonly works = new Set<Work>();
  private isAsked = false;

  /** @param ask calls back soon, after what has arrived was read */
  constructor(clock: Clock, ask: (turn: () => void) => void) {
    this.clock = clock;
    this.ask = ask;
  }

  /**
   * @param steps yields where it can be left off, much more often than a slice is long; does not throw
   * @param onDone told what it came to, once, never before this returns, unless cancelled
   */
  add<T>(steps: Generator<void, T, undefined>, onDone: (value: T) => void): { readonly cancel: () => void } {
    const work: Work = {
      step: () => {
        const step = steps.next();
        if (step.done !== true) return true;
        this.works.delete(work);
        onDone(step.value);
        return false;
      },
    };
    this.works.add(work);
    this.askForTurn();
    return { cancel: () => void this.works.delete(work) };
  }

  private askForTurn(): void {
    if (this.isAsked || this.works.size === 0) return;
    this.isAsked = true;
    this.ask(() => this.turn());
  }

  private turn(): void {
    this.isAsked = false;
    const [work] = this.works;
    if (work === undefined) return;
    const end = this.clock.now() + sliceMs;
    while (work.step()) {
      if (this.clock.now() < end) continue;
      this.works.delete(work);
      this.works.add(work);
      break;
    }
    this.askForTurn();
  }
}
