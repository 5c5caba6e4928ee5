/** Waiting for an ascending offset: promises that resolve when it has been reached. */
export class Waiters {
  private waiting: { readonly offset: number; readonly settle: (reached: boolean) => void }[] = [];

  /**
   * Resolves to true when `reached` is called with at least this offset, to false when the signal aborts or `end` is
   * called first.
   */
  wait(offset: number, signal?: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) return resolve(false);
      const settle = (reached: boolean): void => {
        signal?.removeEventListener('abort', onAbort);
        resolve(reached);
      };
      const waiter = { offset, settle };
      const onAbort = (): void => {
        this.waiting = this.waiting.filter((other) => other !== waiter);
        settle(false);
      };
      this.waiting.push(waiter);
      signal?.addEventListener('abort', onAbort);
    });
  }

  reached(offset: number): void {
    if (this.waiting.length === 0) return;
    const due = this.waiting.filter((waiter) => waiter.offset <= offset);
    this.waiting = this.waiting.filter((waiter) => waiter.offset > offset);
    for (const { settle } of due) settle(true);
  }

  /** Nothing more will be reached. */
  end(): void {
    for (const { settle } of this.waiting.splice(0)) settle(false);
  }
}
