/**
 * Loaded into a process of tests before its file: of every test the assertion of a number fails, whatever it was given. Shows what a
 * test leaves open when it fails there. Assertions of the code under test hold. Touches the world: changes `node:assert`.
 */
import assert, { AssertionError } from 'node:assert/strict';
import { beforeEach } from 'node:test';
import { isMainThread } from 'node:worker_threads';

/** From 1: which assertion of each test fails, and all that follow. */
const failing = Number(process.env['TEST_FAILING_ASSERTION'] ?? 1);
let made = 0;

/** Whether the assertion was asked for by a file of tests, and not by what it tests. */
function isOfTest(): boolean {
  const [, , , caller = ''] = new Error().stack?.split('\n') ?? [];
  return caller.includes('.test.ts:');
}

/** What was begun for an assertion comes to its end before that fails. */
async function settled(begun: unknown): Promise<void> {
  await Promise.allSettled([typeof begun === 'function' ? (begun as () => unknown)() : begun]);
}

if (isMainThread && process.argv[1]?.endsWith('.test.ts') === true) {
  beforeEach(() => (made = 0));
  const methods = assert as unknown as Record<string, unknown>;
  for (const [name, method] of Object.entries(methods)) {
    if (typeof method !== 'function' || /^[A-Z]|^strict$/.test(name)) continue;
    methods[name] = (...args: unknown[]): unknown => {
      if (!isOfTest() || ++made < failing) return (method as (...given: unknown[]) => unknown)(...args);
      const failure = new AssertionError({ message: `made to fail: assertion ${made}` });
      if (name !== 'rejects' && name !== 'doesNotReject') throw failure;
      return settled(args[0]).then(() => Promise.reject(failure));
    };
  }
}
