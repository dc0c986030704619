/** Who is measured. */
export const CONTENDERS = ["floor", "floor-node", "ours", "before", "original"] as const;
export type ContenderName = (typeof CONTENDERS)[number];

export const CONTENDER_NAMES: Record<ContenderName, string> = {
  floor: "The floor, in Go",
  "floor-node": "The floor, in Node.js",
  ours: "This operator",
  before: "This operator, the other build",
  original: "The original's controller",
};

/** A controller that runs beside the control plane, in processes of its own. */
export interface Contender {
  readonly name: ContenderName;
  /** Its user in the audit log. */
  readonly user: string;
  /** Starts it. @returns its process id */
  start(): Promise<number>;
  stop(): Promise<void>;
  /** The end of what it said. */
  lastLines(): string;
}
