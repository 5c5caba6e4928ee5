/**
 * Loaded into every process of tests before its file: ends a process that does not end by itself. Without it a server or a child
 * that a failed assertion left behind holds the run up for ever. What is left open is named, and the file fails. Touches the
 * world: ends the process.
 */
import { after, afterEach } from 'node:test';
import { isMainThread } from 'node:worker_threads';

/** After the last test and the hooks of the file, which may wait for a cluster that hands over. */
const lingerMsMax = Number(process.env['TEST_LINGER_MS'] ?? 60_000);
/** For a whole file: some are dozens of tests on real processes. */
const fileMsMax = Number(process.env['TEST_FILE_MS'] ?? 1_200_000);

function endIn(ms: number, why: string): NodeJS.Timeout {
  const end = (): void => {
    const open = process.getActiveResourcesInfo().join(', ');
    process.stderr.write(`${why} after ${ms} ms; still open: ${open}\n`);
    process.exit(1);
  };
  return setTimeout(end, ms).unref();
}

// Threads and children of a test are started with the same arguments, and are the test's to end.
if (isMainThread && /\.test\.(?:ts|mjs)$/.test(process.argv[1] ?? '')) {
  endIn(fileMsMax, 'THE FILE DOES NOT END: it goes on');
  let lingering: NodeJS.Timeout | undefined;
  after(() => {
    lingering = endIn(lingerMsMax, 'THE PROCESS OF THESE TESTS DOES NOT END: all have, and it goes on');
  });
  // Of several files in one process the first may have ended before the tests of the last are there.
  afterEach(() => void lingering?.refresh());
}
