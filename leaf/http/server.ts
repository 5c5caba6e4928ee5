/** The HTTP side of a leaf: health, metrics, tasks for plain clients and files for other leaves. */
import type { Registry } from '@prometheus-io/client';
import { SheafError } from '../../shared/errors.ts';
import type { Authenticate } from '../../shared/http/authenticate.ts';
import type { PeerDoor } from '../../shared/http/peer-door.ts';
import { addProbeRoutes } from '../../shared/http/probe-routes.ts';
import { openServer, type Door, type Server } from '../../shared/http/server.ts';
import { limits } from '../../shared/limits.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';
import type { TaskDesk } from '../tasks/task-desk.ts';
import { addFileRoutes, type FileRoutes } from './file-routes.ts';
import { addTaskRoute } from './task-route.ts';

export interface LeafHttpOptions {
  readonly telemetry: Telemetry;
  readonly door: Door;
  readonly registry: Registry;
  readonly desk: Pick<TaskDesk, 'answer'>;
  readonly health: () => Health;
  readonly files: FileRoutes;
  readonly authenticate?: Authenticate | undefined;
  readonly peers?: PeerDoor | undefined;
}

export interface Health {
  /** True while the leaf can answer for every shard it should have, and is not about to end. */
  readonly isReady: boolean;
  /** What is out of the ordinary. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Not yet listening, and without framed connections. */
export function leafHttp(options: LeafHttpOptions): Server {
  const { telemetry, door, registry, desk, health, files, authenticate, peers } = options;
  const server = openServer({
    telemetry,
    door,
    authenticate,
    peers,
    bodyBytesMax: limits.frameBytesMax,
    closes: 'all',
  });
  const ready = (): Readonly<Record<string, unknown>> => {
    const { isReady, detail } = health();
    if (!isReady) throw new SheafError('NOT_READY', { detail });
    return { status: 'ready', ...detail };
  };
  addProbeRoutes(server.app, { live: 'live', ready, registry });
  addTaskRoute(server.app, desk);
  addFileRoutes(server.app, files);
  return server;
}
