/** So many bytes a second, over all transfers of a process. */
export interface PaceWorld {
  /** Monotonic, in ms. */
  readonly now: () => number;
  /** Resolves after so long. */
  readonly sleep: (ms: number) => Promise<void>;
}

export class Pace {
  private readonly bytesPerMs: number;
  private readonly world: PaceWorld;
  /** When what was admitted so far has passed. */
  private freeAt = -Infinity;

  /** @param bytesPerSecond above 0 */
  constructor(bytesPerSecond: number, world: PaceWorld) {
    this.bytesPerMs = bytesPerSecond / 1000;
    this.world = world;
  }

  /** Resolves when so many bytes may go: when all that were admitted before have had their time. In the order of the calls. */
  readonly admit = async (bytes: number): Promise<void> => {
    const startAt = Math.max(this.world.now(), this.freeAt);
    this.freeAt = startAt + bytes / this.bytesPerMs;
    const waitMs = startAt - this.world.now();
    if (waitMs > 0) await this.world.sleep(waitMs);
  };
}
