/**
 * The HTTP server that every process is: errors in one shape, one answer where there is no route or no request, one place
 * where a caller is authenticated, and framed connections on the same port. Routes are its user's. Touches the world: sockets.
 */
import type { IncomingMessage } from 'node:http';
import fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { acceptConnections, type Acceptor, type OnConnection } from './accept.ts';
import { watchArrivals, type ArrivalLimits } from './arrivals.ts';
import type { Authenticate } from './authenticate.ts';
import { answerClientError } from './client-errors.ts';
import { corsFor } from './cors.ts';
import { replyError } from './error-reply.ts';
import { hostCheck } from './hosts.ts';
import { listen, type Listening } from './listen.ts';
import { handshakePath } from '../secret/proof.ts';
import { createNodeServer, type ConnectionLimits } from './node-server.ts';
import type { PeerDoor } from './peer-door.ts';
import { checkSite } from './sites.ts';
import { refuseByMethods, refuseUnknownRoute } from './unknown-route.ts';

export interface ServerOptions {
  readonly telemetry: Telemetry;
  /** By what names and from where it may be asked. */
  readonly door: Door;
  /** Asked about every request and every upgrade; all pass where it is undefined. */
  readonly authenticate?: Authenticate | undefined;
  /** Lets only processes of the cluster in, after that; everybody where it is undefined. */
  readonly peers?: PeerDoor | undefined;
  /** Of a body, in bytes, where a route sets no other. */
  readonly bodyBytesMax?: number;
  /** Of a part of a path between slashes, in characters. */
  readonly segmentLengthMax?: number;
  /** Put on the answer to every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Said with 429 and 503: seconds after which the request is worth repeating. Nothing is said where it is left out. */
  readonly retryAfterSeconds?: number;
  /** Whether a path that takes other methods is answered 405 with those, in place of 404. */
  readonly tellsMethods?: boolean;
  /** Which connections `close` ends at once: those on which nothing is asked, or all. */
  readonly closes: 'idle' | 'all';
}

export interface Door extends Partial<ConnectionLimits>, Partial<ArrivalLimits> {
  /** The address listened on. */
  readonly host: string;
  /** Further names; see HostRules. */
  readonly hosts?: readonly string[] | undefined;
  /** Origins of pages that may ask. */
  readonly cors?: readonly string[] | undefined;
  /** Paths that links may lead to; see SiteRules. */
  readonly pages?: readonly string[];
}

export interface Server {
  /** Takes routes and hooks until the server listens. */
  readonly app: FastifyInstance;
  /** Says that the body of a request may take as long as bytes keep coming. */
  stream(request: IncomingMessage): void;
  /** Accepts framed connections from now on; before, who asks for one is told that there is no route. To be called once. */
  accept(onConnection: OnConnection): void;
  /** The port listened on. @throws SheafError PORT_IN_USE, CONFIG_INVALID for an address this machine does not have */
  listen(listening: Listening): Promise<number>;
  /** Takes nothing new, ends every framed connection and the others as `closes` says, and resolves when all have ended. */
  close(): Promise<void>;
}

/** As fastify has them. */
const bodyBytesMaxDefault = 1024 * 1024;
const segmentLengthMaxDefault = 100;
/** Those of the table of settings, for servers that are not made of it. */
const limitsDefault = { connectionsMax: 4096, headTimeoutMs: 20_000, requestTimeoutMs: 60_000, bodyIdleMs: 30_000 };

export function openServer(options: ServerOptions): Server {
  const { telemetry, headers, tellsMethods = false, closes } = options;
  const { admit, admitUpgrade, cors } = openDoor(options);
  const { bodyBytesMax = bodyBytesMaxDefault, segmentLengthMax = segmentLengthMaxDefault } = options;
  const replies = { telemetry, segmentLengthMax, retryAfterSeconds: options.retryAfterSeconds ?? 0 };
  const limits = { ...limitsDefault, ...options.door };
  const app: FastifyInstance = fastify({
    serverFactory: (handler) => createNodeServer(handler, limits),
    bodyLimit: bodyBytesMax,
    forceCloseConnections: closes === 'all' ? true : 'idle',
    routerOptions: { maxParamLength: segmentLengthMax },
    // No hook sees what fastify finds no route for because it cannot read its path.
    frameworkErrors: (error, request, reply) => {
      try {
        admit(request.raw);
        replyError(error, reply, replies);
      } catch (refusal) {
        replyError(refusal as FastifyError, reply, replies);
      }
    },
    clientErrorHandler: answerClientError,
  });
  const arrivals = watchArrivals(app.server, limits);
  const refuseRoute = tellsMethods ? refuseByMethods(app) : refuseUnknownRoute;
  app.setErrorHandler((error: FastifyError, _request, reply) => replyError(error, reply, replies));
  // Takes a callback: every request passes through it, and a promise each was measured to cost more than it does.
  app.addHook('onRequest', (request, reply, done) => {
    if (headers !== undefined) reply.headers(headers);
    if (cors !== undefined) reply.headers(cors.headersOf(request.raw));
    admit(request.raw);
    const preflight = cors?.preflight(request.raw);
    if (preflight !== undefined) return void reply.code(204).headers(preflight).send();
    // Here and not in the handler: a path that is not there has no content types to read a body by.
    if (tellsMethods && request.is404) refuseRoute(request, reply);
    done();
  });
  if (options.peers !== undefined) addHandshake(app, options.peers);
  // Makes fastify run the hooks for paths that are not there, too.
  app.setNotFoundHandler((request, reply) => refuseRoute(request, reply));
  let acceptor: Acceptor | undefined;
  return {
    app,
    stream: (request) => arrivals.stream(request),
    accept: (onConnection) => {
      acceptor = acceptConnections(app.server, onConnection, admitUpgrade);
    },
    listen: (listening) => listen(app, listening),
    close: async () => {
      acceptor?.closeAll();
      await app.close();
    },
  };
}

function addHandshake(app: FastifyInstance, peers: PeerDoor): void {
  app.get(handshakePath, (request, reply) => {
    reply.code(204).headers(peers.shake(request.raw)).send();
  });
}

/**
 * What is asked of everybody, in order: the name the server is called by, where the request comes from, who asks. An upgrade may
 * use any name, and so may the handshake before one: frames are nothing a page can ask for.
 */
function openDoor({ door, authenticate: hook, peers }: Pick<ServerOptions, 'door' | 'authenticate' | 'peers'>) {
  const { host, hosts = [], cors = [], pages = [] } = door;
  const checkHost = hostCheck({ listen: host, names: hosts });
  const rules = { origins: new Set(cors), pages };
  const policy = corsFor(rules.origins);
  const authenticate: Authenticate = (request) => {
    hook?.(request);
    peers?.authenticate(request);
  };
  const admitUpgrade: Authenticate = (request) => {
    checkSite(request, rules);
    authenticate(request);
  };
  const admit: Authenticate = (request) => {
    if (peers === undefined || request.url !== handshakePath) checkHost(request);
    checkSite(request, rules);
    // Browsers put nothing that proves who asks to the question before a request.
    if (policy?.preflight(request) === undefined) authenticate(request);
  };
  return { admit, admitUpgrade, cors: policy };
}
