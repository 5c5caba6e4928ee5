/** Members over one connection: of each leaf what has changed since the frame before. No I/O. */
import { hearReplicas, placesOnly, tellReplicas, type Told } from './replicas.ts';
import type { MembersFrame } from './report-frames.ts';
import type { Members, PeerNews, PeerReport } from './reports.ts';

/** The root's side. */
export class MembersWriter {
  /** By leaf; one that is gone begins anew. */
  private readonly told = new Map<string, Told>();

  write({ peers, ...ring }: Members): MembersFrame {
    const frames = peers.map((news) => {
      const { leaf } = news;
      const before = this.told.get(leaf) ?? null;
      note(this.told, news);
      return 'gone' in news ? news : { ...news, ...placesOnly(tellReplicas(news.replicas, before)) };
    });
    return { ...ring, peers: frames };
  }
}

/** The leaf's side. */
export class MembersReader {
  private readonly heard = new Map<string, Told>();

  /** @throws SheafError FRAME_INVALID where a frame is missing */
  read({ peers, ...ring }: MembersFrame): Members {
    const news = peers.map((frame): PeerNews => {
      const one = 'gone' in frame ? frame : reportOf(frame, this.heard.get(frame.leaf) ?? null);
      note(this.heard, one);
      return one;
    });
    return { ...ring, peers: news };
  }
}

function reportOf(frame: Exclude<MembersFrame['peers'][number], { gone: true }>, before: Told | null): PeerReport {
  const { base: _base, removed: _removed, replicas: _replicas, ...report } = frame;
  return { ...report, replicas: hearReplicas(frame, before) };
}

function note(known: Map<string, Told>, news: PeerNews): void {
  if ('gone' in news) known.delete(news.leaf);
  else known.set(news.leaf, news);
}
