/**
 * Which troubles of one piece of work have been told: each kind of them once, until nothing has it any more, however many kinds take turns. Pure.
 */
export class Troubles {
  /** By code, what has it. */
  private readonly told = new Map<string, Set<string>>();

  /** @param subject what has the trouble @returns whether it is to be told: nothing had it */
  isNew(code: string, subject: string): boolean {
    const subjects = this.told.get(code);
    if (subjects === undefined) {
      this.told.set(code, new Set([subject]));
      return true;
    }
    subjects.add(subject);
    return false;
  }

  /** The subject has no trouble any more. */
  over(subject: string): void {
    this.keep((each) => each !== subject);
  }

  /** Forgets the troubles of what is not there any more. */
  keep(isThere: (subject: string) => boolean): void {
    for (const [code, subjects] of this.told) {
      for (const subject of subjects) if (!isThere(subject)) subjects.delete(subject);
      if (subjects.size === 0) this.told.delete(code);
    }
  }
}
