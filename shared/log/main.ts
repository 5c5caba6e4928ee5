/** The log as a process: opens the data, listens, serves. Touches the world: files, threads, sockets. */
import type { DoorConfig } from '../config/read.ts';
import type { Authenticate } from '../http/authenticate.ts';
import { openPeerDoor } from '../http/peer-door.ts';
import type { Listening } from '../http/listen.ts';
import { readSecretOf } from '../secret/secret-file.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { logHttp } from './server/http.ts';
import { logMetrics } from './server/metrics.ts';
import { LogService } from './server/service.ts';
import { logSession } from './server/session.ts';
import { startThreads } from './sqlite/threads.ts';

export interface LogOptions extends Listening, DoorConfig {
  /** Data folder; made where it is missing. */
  readonly data: string;
  /** Milliseconds for which the keys of requests are remembered; an hour where it is left out. */
  readonly idempotencyRetentionMs?: number;
  /** File with the secret of the cluster; everybody may speak to it where it is left out. */
  readonly secretFile?: string;
  /** Who else may not speak to it: nobody is refused where it is left out. */
  readonly authenticate?: Authenticate;
}

const idempotencyRetentionMsDefault = 3_600_000;

export interface RunningLog {
  readonly port: number;
  /** Records the appends received, ends every connection, closes the data. */
  close(): Promise<void>;
}

/**
 * Starts the log and resolves when it takes appends. It listens before it opens the data, which may take as long as
 * reading all of it: until then it is live and not ready, and framed connections are not accepted.
 *
 * @throws SheafError SECRET_UNREADABLE, PORT_IN_USE, CONFIG_INVALID, DATA_NOT_WRITABLE, DATA_IN_USE, DATA_CORRUPT, LOG_FULL
 */
export async function startLog(options: LogOptions, telemetry: Telemetry): Promise<RunningLog> {
  const metrics = logMetrics();
  const { data: folder, idempotencyRetentionMs = idempotencyRetentionMsDefault, authenticate } = options;
  const start = { folder, idempotencyRetentionMs };
  let ready = false;
  const { registry } = metrics;
  const secret = readSecretOf(options);
  const peers = secret === undefined ? undefined : openPeerDoor({ secret, telemetry, registry });
  const server = logHttp({ telemetry, door: options, registry, isReady: () => ready, authenticate, peers });
  const port = await server.listen(options);
  try {
    const threads = await startThreads(start, {
      onCommit: metrics.onCommit,
      onVerified: (progress) => telemetry.info(progress, 'the stored data is being verified'),
      onMended: (place) =>
        telemetry.warn(
          { code: 'DATA_CORRUPT', place },
          'what is stored there was damaged or missing, and was made again from another place that says the same',
        ),
    });
    const service = new LogService(threads, threads.facts);
    metrics.observe(service);
    const waiting = { bytes: 0 };
    server.accept((connection) => {
      const events = logSession(service, waiting, connection);
      return {
        ...events,
        onClose: (reason) => {
          events.onClose(reason);
          if (reason.code === 'FRAME_INVALID')
            telemetry.warn({ error: reason.toBody() }, 'a client broke the protocol');
        },
      };
    });
    ready = true;
    telemetry.info({ port, data: options.data, partitions: service.partitionCount }, 'the log is ready');
    const close = async (): Promise<void> => {
      ready = false;
      await server.close();
      await threads.close();
      registry.clear();
    };
    return { port, close };
  } catch (error) {
    await server.close();
    throw error;
  }
}
