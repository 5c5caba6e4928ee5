/** Reports and members as they are sent: of replicas what has changed, see replicas.ts. */
import type { StoredCatalog } from '../catalog/stored-catalog.ts';
import type { ReplicasFrame } from './replicas.ts';
import type { LeafReport, Members, PeerGone, PeerReport } from './reports.ts';

/** A report as it is sent. */
export interface ReportFrame extends Omit<LeafReport, 'replicas' | 'catalog'>, ReplicasFrame {
  readonly catalog?: StoredCatalog;
}

/** A relayed report as it is sent. */
export interface PeerReportFrame extends Omit<PeerReport, 'replicas'>, ReplicasFrame {}

/** Members as they are sent. */
export interface MembersFrame extends Omit<Members, 'peers'> {
  readonly peers: readonly (PeerReportFrame | PeerGone)[];
}
