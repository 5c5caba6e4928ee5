/** What is answered where there is no route: that there is none, or which methods its path takes. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SheafError } from '../errors.ts';

export type RefuseRoute = (request: FastifyRequest, reply: FastifyReply) => never;

/** @throws SheafError ROUTE_UNKNOWN */
export function refuseUnknownRoute({ method, url }: FastifyRequest): never {
  throw new SheafError('ROUTE_UNKNOWN', { detail: { method, url } });
}

/**
 * Notes every route registered from now on, and gives a refusal that tells a wrong method from a wrong path. That throws
 * SheafError METHOD_NOT_ALLOWED with the header `allow`, ROUTE_UNKNOWN.
 */
export function refuseByMethods(app: FastifyInstance): RefuseRoute {
  const methodsOf = noteRoutes(app);
  return ({ method, url }, reply) => {
    const path = url.split('?', 1)[0]!;
    const allowed = methodsOf(path);
    // A route may find nothing where it looks, such as a file of a page.
    if (allowed.length === 0 || allowed.includes(method))
      throw new SheafError('ROUTE_UNKNOWN', { detail: { method, path } });
    reply.header('allow', allowed.join(', '));
    throw new SheafError('METHOD_NOT_ALLOWED', { detail: { method, allowed } });
  };
}

/** Gives a function from a path to its methods, none if there is no route. */
function noteRoutes(app: FastifyInstance): (path: string) => string[] {
  const routes: { pattern: RegExp; methods: readonly string[] }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    const pattern = new RegExp(
      `^${url
        .replaceAll('.', '\\.')
        .replaceAll('*', '.*')
        .replaceAll(/:[a-z]+/g, '[^/]+')}$`,
    );
    routes.push({ pattern, methods: [method].flat() });
  });
  return (path) => [...new Set(routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods))];
}
