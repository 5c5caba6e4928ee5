/** A reporter of tests that ends their process at the first that fails, and writes a point for each that has passed. */
import type { TestEvent } from 'node:test/reporters';

export default async function* firstFailure(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) {
    if (event.type !== 'test:complete') continue;
    const { details, todo } = event.data;
    if (!details.passed && todo === undefined) process.exit(1);
    yield '.';
  }
}
