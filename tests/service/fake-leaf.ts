/** A leaf that says what a test wants, for roots to meet: frames over real sockets, and no search engine. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { MembersFrame, ReportFrame } from '../../shared/protocol/report-frames.ts';
import { noHits } from '../../shared/protocol/hit-table.ts';
import type { SearchPartial } from '../../shared/protocol/tasks/search.ts';
import type { Task } from '../../shared/protocol/tasks/tasks.ts';
import { protocolName } from '../../shared/protocol/frames.ts';
import { Connection } from '../../shared/transport/connection.ts';
import type { Frame } from '../../shared/transport/frame.ts';

export interface AskedTask {
  readonly connection: Connection;
  /** Under the connection: for bytes that no connection would send. */
  readonly socket: Duplex;
  readonly id: number;
  readonly task: Task;
}

export const index = {
  id: 'x0',
  name: 'fake',
  kind: 'document',
  schema: { dynamic: 'strict', fields: { text: { kind: 'text' } } },
  shards: 2,
  replicas: 1,
} as const;

export class FakeLeaf {
  /** What happens to a task; answers it properly unless a test says otherwise. */
  onTask: (asked: AskedTask) => void = (asked) => this.answer(asked);
  onCancel: (id: number) => void = () => undefined;
  /** What its reports say, where it differs. */
  reported: Partial<ReportFrame> = {};
  /** What roots told it, in order. */
  readonly told: MembersFrame[] = [];
  /** Connections so far. */
  accepted = 0;
  private sequence = 0;
  private readonly server: Server = createServer();
  private readonly open = new Set<Connection>();

  async listen(): Promise<number> {
    this.server.on('upgrade', (_request, socket: Duplex, head: Buffer) => {
      socket.write(`HTTP/1.1 101 x\r\nconnection: upgrade\r\nupgrade: ${protocolName}\r\n\r\n`);
      this.serve(socket, head);
    });
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return (this.server.address() as AddressInfo).port;
  }

  answer({ connection, id, task }: AskedTask, changes: object = {}): void {
    const partial: SearchPartial = {
      kind: 'search',
      shards: task.shards,
      failures: [],
      documents: task.shards.length,
      offsets: Object.fromEntries(task.shards.map((shard) => [shard, 0])),
      total: task.shards.length,
      totalRelation: 'eq',
      hits: noHits,
      aggregations: {},
    };
    connection.send('partial', id, { ...partial, ...changes });
  }

  /** Tells all roots, without waiting for the next heartbeat. */
  report(): void {
    for (const connection of this.open) connection.send('report', 0, this.makeReport());
  }

  /** Tells all roots what it has to do, whether or not that can be read. */
  tellBacklog(backlog: unknown): void {
    for (const connection of this.open) connection.send('backlog', 0, backlog);
  }

  close(): void {
    this.disconnect();
    this.server.close();
  }

  disconnect(): void {
    for (const connection of this.open) connection.close();
  }

  private serve(socket: Duplex, head: Buffer): void {
    const connection = new Connection(socket);
    this.open.add(connection);
    this.accepted++;
    const catalog = { offset: 1, indexes: { [index.name]: index } };
    const heartbeat = setInterval(() => connection.send('report', 0, this.makeReport()), 200);
    const onFrame = ({ type, id, header }: Frame): void => {
      if (type === 'task') this.onTask({ connection, socket, id, task: header as Task });
      if (type === 'cancel') this.onCancel(id);
      if (type === 'members') this.told.push(header as MembersFrame);
    };
    const onClose = (): void => {
      clearInterval(heartbeat);
      this.open.delete(connection);
    };
    connection.start({ onFrame, onClose }, head);
    connection.send('report', 0, { ...this.makeReport(), catalog });
  }

  makeReport(): ReportFrame {
    return {
      leaf: 'leaf-0',
      incarnation: 1,
      sequence: ++this.sequence,
      queued: 0,
      replicas: [0, 1].map((shard) => ({ index: index.id, shard, state: 'ready', offset: 0, documents: 1 })),
      ...this.reported,
    };
  }
}
