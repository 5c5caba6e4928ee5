/** The route about the cluster. */
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { formatAddress } from '../../../shared/transport/address.ts';
import { listStops } from '../../catalog/list-stops.ts';
import { shortfall } from '../../catalog/shortfall.ts';
import { countDocuments } from '../count-documents.ts';
import { readParameters } from '../parameters.ts';
import { answers } from '../schemas.ts';
import type { Lease } from '../../../shared/lease/lease-entry.ts';
import type { LeafStatus } from '../../membership/membership.ts';
import type { RootServices } from '../services.ts';

const open = Type.Record(Type.String(), Type.Unknown());

export function registerClusterRoutes(app: FastifyInstance, services: RootServices): void {
  const { catalog, config, leases, membership } = services;
  const tags = ['cluster'];

  app.get('/v1/cluster', {
    schema: {
      tags,
      summary: 'Leaves, shards, states and offsets, as this root sees them',
      response: answers({
        200: Type.Object({
          log: open,
          leaves: Type.Array(open),
          indexes: Type.Array(open),
          leases: Type.Array(open, {
            description: 'Who holds what, as this root has read it; none where it has asked for no lease itself.',
          }),
          stopped: Type.Array(open, {
            description: 'What cannot be read on in the log, where, by whom, and the way out.',
          }),
        }),
      }),
    },
    handler: async (request) => {
      readParameters(request.query, []);
      const leaves = membership.statuses();
      return {
        stopped: listStops(catalog, leaves, leases.stopped),
        log: { address: formatAddress(config.log), reachable: services.isLogConnected() },
        leaves: leaves.map(showLeaf),
        leases: (leases.all() ?? []).map(showLease),
        indexes: Object.values(catalog.state.indexes).map((index) => ({
          name: index.name,
          id: index.id,
          kind: index.kind,
          shards: index.shards,
          replicas: index.replicas,
          documents: countDocuments(membership, index),
          replicasMissing: shortfall(index, membership),
          replicasReported: leaves.flatMap((leaf) =>
            leaf.replicas
              .filter((replica) => replica.index === index.id)
              .map(({ shard, state, offset, documents }) => ({ shard, leaf: leaf.name, state, offset, documents })),
          ),
        })),
      };
    },
  });
}

function showLeaf({ name, address, state, placed, draining, problem, incarnation, queued }: LeafStatus) {
  return { name, address: formatAddress(address), state, placed, draining, problem, incarnation, queued };
}

function showLease({ name, holder, token, ttlMs }: Lease) {
  return { name, holder, token, ttlMs };
}
