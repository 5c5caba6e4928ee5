/** The route about the cluster. */
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { IndexDefinition } from '../../../shared/catalog/catalog.ts';
import { replicaName } from '../../../shared/protocol/replicas.ts';
import { formatLogSource } from '../../../shared/discovery/log-source.ts';
import { formatAddress } from '../../../shared/transport/address.ts';
import { jobsPartition, leasesPartition, sourcesPartition } from '../../../shared/log/log.ts';
import { inOneZone } from '../../catalog/in-one-zone.ts';
import { listStops } from '../../catalog/list-stops.ts';
import { shortfall } from '../../catalog/shortfall.ts';
import { freshnessOf, type Freshness } from '../../freshness/freshness.ts';
import { behindOf } from '../../freshness/index-lag.ts';
import { showRollovers } from '../../rollover/show-rollovers.ts';
import { countDocuments } from '../count-documents.ts';
import { readParameters } from '../parameters.ts';
import { answers } from '../schemas.ts';
import type { Lease } from '../../../shared/lease/lease-entry.ts';
import { differencesOf } from '../../membership/differing-replicas.ts';
import type { LeafStatus } from '../../membership/membership.ts';
import type { RootServices } from '../services.ts';

const open = Type.Record(Type.String(), Type.Unknown());

export function registerClusterRoutes(app: FastifyInstance, services: RootServices): void {
  const { catalog, config, jobs, sources, leases, membership } = services;
  const tags = ['cluster'];

  app.get('/v1/cluster', {
    schema: {
      tags,
      summary: 'Leaves, shards, states and offsets, as this root sees them',
      response: answers({
        200: Type.Object({
          log: open,
          leaves: Type.Array(open, {
            description: 'Of each its `zone`, null where it is in none, how it stands, and why it is not used.',
          }),
          indexes: Type.Array(open, {
            description:
              '`inOneZone` names the shards of an index of several replicas of which all that are ready lie in one zone; none where no leaf has a zone.',
          }),
          leases: Type.Array(open, {
            description: 'Who holds what, as this root has read it; none where it has asked for no lease itself.',
          }),
          rollovers: Type.Array(open, {
            description:
              'Aliases that roll: the policy, how it stands, when it last rolled, what is deleted next, which root does it, and what it could not do where that is this one.',
          }),
          stopped: Type.Array(open, {
            description: 'What cannot be read on in the log, where, by whom, and the way out.',
          }),
          untrimmed: Type.Array(open, {
            description:
              'Partitions of which the log could not let go of what it may, by the last try of this root, and those that it has lost: why, and the way out.',
          }),
        }),
      }),
    },
    handler: async (request) => {
      readParameters(request.query, []);
      const leaves = membership.statuses();
      // Looked at once for all indexes.
      const seen = { placedCount: membership.placedCount, statuses: () => leaves };
      return {
        stopped: listStops(catalog, leaves, {
          [leasesPartition]: leases.stopped,
          [jobsPartition]: jobs.book.stopped,
          [sourcesPartition]: sources.book.stopped,
        }),
        untrimmed: services.trims.faults(),
        log: {
          address: formatLogSource(config.log),
          reachable: services.isLogConnected(),
          asOfMs: round(services.heads.asOfMs(services.clock.now())),
          problem: services.logProblem()?.toBody() ?? null,
        },
        leaves: leaves.map(showLeaf),
        rollovers: showRollovers({ ...services, timeOfDay: services.userTime }),
        leases: (leases.all() ?? []).map(showLease),
        indexes: Array.from(catalog.state.indexes.values(), (index) => ({
          name: index.name,
          id: index.id,
          kind: index.kind,
          shards: index.shards,
          replicas: index.replicas,
          documents: countDocuments(membership, index),
          behind: behindOf(services, index),
          replicasMissing: shortfall(index, seen),
          inOneZone: inOneZone(index, leaves),
          replicasReported: leaves.flatMap((leaf) => reportedBy(services, leaf, index)),
          differing: differingOf(leaves, index),
        })),
      };
    },
  });
}

/** Shards whose replicas differ, as some read what others were told to skip. */
function differingOf(leaves: readonly LeafStatus[], { id, shards }: IndexDefinition) {
  return Array.from({ length: shards }, (_, shard) => shard).flatMap((shard) => {
    const told = leaves.flatMap(({ name, replicas }) => {
      const replica = replicas.get(replicaName(id, shard));
      return replica === undefined || name === null ? [] : [{ leaf: name, ...replica }];
    });
    return differencesOf(told).map((difference) => ({ shard, ...difference }));
  });
}

function reportedBy(services: RootServices, { name: leaf, replicas }: LeafStatus, index: IndexDefinition) {
  const found = Array.from({ length: index.shards }, (_, shard) => replicas.get(replicaName(index.id, shard)));
  return found
    .filter((replica) => replica !== undefined)
    .map(({ shard, state, offset, documents, stored, skipped }) => {
      const told = { shard, leaf, state, offset, documents, ...(stored === undefined ? {} : { stored }) };
      return { ...told, ...(skipped === undefined ? {} : { skipped }), ...lagOf(services, index, { shard, offset }) };
    });
}

/** How far one replica is behind the log; null where that is not known. */
function lagOf(
  { heads, clock }: RootServices,
  index: IndexDefinition,
  { shard, offset }: { readonly shard: number; readonly offset: number },
): Pick<Freshness, 'behind' | 'oldestUnseenMs'> {
  const partial = { shards: [shard], offsets: { [shard]: offset } };
  const { behind, oldestUnseenMs } = freshnessOf(heads, index, [partial], clock.now());
  return { behind, oldestUnseenMs };
}

function round(value: number | null): number | null {
  return value === null ? null : Math.round(value);
}

function showLeaf({ name, address, zone, state, placed, draining, problem, incarnation, queued }: LeafStatus) {
  return { name, address: formatAddress(address), zone, state, placed, draining, problem, incarnation, queued };
}

function showLease({ name, holder, token, ttlMs }: Lease) {
  return { name, holder, token, ttlMs };
}
