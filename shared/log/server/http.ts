/** The HTTP side of the log: health and metrics. */
import type { Registry } from '@prometheus-io/client';
import { SheafError } from '../../errors.ts';
import type { Authenticate } from '../../http/authenticate.ts';
import type { PeerDoor } from '../../http/peer-door.ts';
import { addProbeRoutes } from '../../http/probe-routes.ts';
import { openServer, type Door, type Server } from '../../http/server.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';

export interface HttpOptions {
  readonly telemetry: Telemetry;
  readonly door: Door;
  readonly registry: Registry;
  /** True once appends are taken. */
  readonly isReady: () => boolean;
  readonly authenticate?: Authenticate | undefined;
  readonly peers?: PeerDoor | undefined;
}

/** Not yet listening, and without framed connections. */
export function logHttp({ telemetry, door, registry, isReady, authenticate, peers }: HttpOptions): Server {
  const server = openServer({ telemetry, door, authenticate, peers, closes: 'all' });
  const ready = (): Readonly<Record<string, unknown>> => {
    if (!isReady()) throw new SheafError('NOT_READY');
    return { status: 'ready' };
  };
  addProbeRoutes(server.app, { live: 'live', ready, registry });
  return server;
}
