/** Who looks after a Service, and how. */
export const MODES = ["bare", "cold", "warm", "warm-unattended", "original"] as const;
export type Mode = (typeof MODES)[number];
/** The modes in which a Service loses its Pod; `bare` is what they are compared with. */
export type StandbyMode = Exclude<Mode, "bare">;

/** How the last real Pod goes. */
export const LOSSES = ["forced", "forced-stopping", "draining", "stopping", "crashing"] as const;
export type Loss = (typeof LOSSES)[number];

export const MODE_NAMES: Record<Mode, string> = {
  bare: "A bare Pod",
  cold: "Cold",
  warm: "Warm",
  "warm-unattended": "Warm, operator scaled to zero",
  original: "The original's controller",
};

export const LOSS_NAMES: Record<Loss, string> = {
  forced: "Forced deletion, the program serves until it is killed",
  "forced-stopping": "Forced deletion, the program stops at SIGTERM",
  draining: "Graceful deletion, the program drains",
  stopping: "Graceful deletion, the program stops at SIGTERM",
  crashing: "Crash of the container",
};
