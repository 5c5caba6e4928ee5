export interface PlannedProcess {
  readonly name: string;
  readonly role: 'log' | 'leaf' | 'root';
  readonly host: string;
  readonly port: number;
  /** Command line of its role, the role first. */
  readonly args: readonly string[];
}
