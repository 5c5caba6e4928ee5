/** A thread on which every look at the clock takes a tenth of a millisecond, and which counts the turns that others have. */
export function makeThread() {
  let now = 0;
  let turns = 0;
  return {
    clock: { now: () => (now += 0.1) },
    timers: {
      at: () => ({ cancel: () => undefined }),
      afterReading: (callback: () => void) => {
        turns++;
        queueMicrotask(callback);
        return { cancel: () => undefined };
      },
    },
    turns: () => turns,
  };
}
