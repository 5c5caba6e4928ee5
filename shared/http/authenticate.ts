/** Who may speak to a server: asked about every request and every upgrade to frames, before anything else looks at them. */
import type { IncomingMessage } from 'node:http';

/**
 * Returns where the request may pass. It is called on the path of every request, so it takes no promise: what it compares
 * with has to be there.
 *
 * @throws SheafError which is answered in place of what was asked; anything else thrown is answered as INTERNAL
 */
export type Authenticate = (request: IncomingMessage) => void;
