const idMax = 0xffff_ffff;

/** The id after `last`, two on, so that two counters share a connection: one odd, one even. Skips ids in use. */
export function nextId(last: number, inUse: { has(id: number): boolean }): number {
  let id = last;
  do id = id + 2 > idMax ? 1 + ((id + 1) % 2) : id + 2;
  while (inUse.has(id));
  return id;
}
