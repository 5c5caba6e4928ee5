/** Listening on a port, with errors an operator understands. Touches the world: a socket. */
import type { FastifyInstance } from 'fastify';
import { SheafError } from '../errors.ts';

export interface Listening {
  readonly host: string;
  /** 0 to 65,535; 0 takes any that is free. */
  readonly port: number;
}

/** The port listened on. @throws SheafError PORT_IN_USE, CONFIG_INVALID for an address this machine does not have */
export async function listen(app: FastifyInstance, { host, port }: Listening): Promise<number> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    const detail = { host, port, reason: error.message };
    throw new SheafError(error.code === 'EADDRINUSE' ? 'PORT_IN_USE' : 'CONFIG_INVALID', { detail, cause: error });
  }
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
