/**
 * A network of its own for processes of a test, in which packets between any two can be dropped, either way, without a word to
 * anybody. Touches the world: network namespaces of Linux, which only root may make.
 *
 *     this process ── veth ── router ── veth ── a namespace for each process
 *
 * The router forwards by routing rules, and a rule `blackhole` drops what it fits: nothing else of the system is needed.
 */
import { spawnSync } from 'node:child_process';

interface Host {
  readonly namespace: string;
  readonly address: string;
}

export class CutNetwork {
  private readonly router: string;
  private readonly outside: string;
  private readonly prefix: string;
  private readonly hosts = new Map<string, Host>();
  private readonly namespaces: string[] = [];

  /** @throws Error where the system does not let it be made; nothing is left then */
  constructor(names: readonly string[]) {
    // Unlike that of another test process, and short: names of interfaces have 15 letters at most.
    const own = `sc${process.pid % 100_000}`;
    this.prefix = `10.${64 + (process.pid % 128)}`;
    this.router = `${own}r`;
    this.outside = `${own}v`;
    try {
      this.addNamespace(this.router);
      this.link({ near: this.outside, far: `${own}x`, subnet: 0 });
      names.forEach((name, index) => this.addHost(name, `${own}n${index}`, index + 1));
      run('ip', 'netns', 'exec', this.router, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward');
      run('ip', 'route', 'add', `${this.prefix}.0.0/16`, 'via', `${this.prefix}.0.1`);
      this.cut(names[0]!, names[0]!);
      this.heal(names[0]!, names[0]!);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  address(name: string): string {
    return this.host(name).address;
  }

  /** What a command is to be put behind to run at that host. */
  at(name: string): readonly string[] {
    return ['ip', 'netns', 'exec', this.host(name).namespace];
  }

  /** From now on nothing that one sends arrives at the other. */
  cut(from: string, to: string): void {
    run('ip', '-n', this.router, 'rule', 'add', ...this.rule(from, to));
  }

  heal(from: string, to: string): void {
    run('ip', '-n', this.router, 'rule', 'del', ...this.rule(from, to));
  }

  /** Takes all of it away. What still runs in it runs on without a network. */
  close(): void {
    spawnSync('ip', ['link', 'del', this.outside]);
    for (const namespace of this.namespaces) spawnSync('ip', ['netns', 'del', namespace]);
  }

  private rule(from: string, to: string): readonly string[] {
    return ['from', this.address(from), 'to', this.address(to), 'pref', '100', 'blackhole'];
  }

  private host(name: string): Host {
    const host = this.hosts.get(name);
    if (host === undefined) throw new Error(`no host ${name}`);
    return host;
  }

  private addNamespace(namespace: string): void {
    run('ip', 'netns', 'add', namespace);
    this.namespaces.push(namespace);
    run('ip', '-n', namespace, 'link', 'set', 'lo', 'up');
  }

  private addHost(name: string, namespace: string, subnet: number): void {
    this.addNamespace(namespace);
    this.link({ near: `${namespace}v`, far: `${namespace}x`, subnet, namespace });
    run('ip', '-n', namespace, 'route', 'add', 'default', 'via', `${this.prefix}.${subnet}.1`);
    this.hosts.set(name, { namespace, address: `${this.prefix}.${subnet}.2` });
  }

  /** A cable between the router, which has the first address of the subnet, and a namespace or this process. */
  private link(cable: { near: string; far: string; subnet: number; namespace?: string }): void {
    const { near, far, subnet, namespace } = cable;
    run('ip', 'link', 'add', near, 'type', 'veth', 'peer', 'name', far);
    run('ip', 'link', 'set', far, 'netns', this.router);
    if (namespace !== undefined) run('ip', 'link', 'set', near, 'netns', namespace);
    const inside = namespace === undefined ? [] : ['-n', namespace];
    for (const [where, name, address] of [
      [['-n', this.router], far, 1],
      [inside, near, 2],
    ] as const) {
      run('ip', ...where, 'addr', 'add', `${this.prefix}.${subnet}.${address}/24`, 'dev', name);
      run('ip', ...where, 'link', 'set', name, 'up');
    }
  }
}

function run(command: string, ...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8', timeout: 10_000 });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr.trim()}`);
}
