/** What must hold before `up` starts anything. Touches the world: ports. */
import { createServer } from 'node:net';
import { SheafError } from '../../shared/errors.ts';
import type { PlannedProcess } from './planned-process.ts';

/** @throws SheafError PORT_IN_USE with the port and the flag to change */
export async function checkPorts(processes: readonly PlannedProcess[]): Promise<void> {
  for (const { name, host, port } of processes) {
    try {
      await tryPort(host, port);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new SheafError('PORT_IN_USE', { detail: { port, for: name, flag: '--port', reason }, cause: error });
    }
  }
}

function tryPort(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: host.replace(/^\[(.*)\]$/, '$1'), port, exclusive: true }, () =>
      server.close(() => resolve()),
    );
  });
}
