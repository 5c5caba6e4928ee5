/** What something costs, whatever else the machine does. Touches the world: reads what the process used. */

/** Milliseconds of CPU, user and system, that this process takes while it does something. */
export function cpuMsOf(action: () => void): number {
  const before = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
