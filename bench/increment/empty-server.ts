/** The fastify of a root with one route that answers empty POSTs and does nothing else: `node empty-server.ts PORT`. */
import fastify from 'fastify';

const app = fastify({ forceCloseConnections: 'idle' });
app.removeAllContentTypeParsers();
app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
app.post('/v1/empty', (_request, reply) => reply.send({ accepted: 1, token: 'eyJ4MC8xIjowfQ' }));
await app.listen({ host: '127.0.0.1', port: Number(process.argv[2]) });
process.stdout.write('ready');
