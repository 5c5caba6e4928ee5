/** Counts the kills that fall into a piece of work: a loop that was to be disturbed, and was not, has shown nothing. */
export class KillsInWork {
  count = 0;
  private readonly what: string;
  private goesOn = true;

  /** @param what is done, as in `the job` */
  constructor(what: string) {
    this.what = what;
  }

  /** To be called with each kill. */
  readonly onKill = (): void => {
    if (this.goesOn) this.count++;
  };

  /** The work is done. */
  end(): void {
    this.goesOn = false;
  }

  /** @param least kills that had to fall into it */
  faults(least: number): string[] {
    return this.count >= least ? [] : [`${this.count} kills fell into ${this.what}, of at least ${least}`];
  }
}
