/**
 * Runs what several parts are begun by, and ends all of them where one fails or the caller has left, at whichever stage they are.
 * @param run is given the signal by which they end
 * @throws what `run` throws; the reason of the signal
 */
export async function whileWanted<T>(signal: AbortSignal, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const ending = new AbortController();
  const leave = (): void => ending.abort(signal.reason);
  signal.addEventListener('abort', leave);
  try {
    signal.throwIfAborted();
    return await run(ending.signal);
  } catch (error) {
    ending.abort(error);
    throw error;
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
