/** Who looks after a Service, and how. */
export const MODES = ["bare", "cold", "warm", "warm-unattended", "original"] as const;
export type Mode = (typeof MODES)[number];
/** The modes in which a Service loses its Pod; `bare` is what they are compared with. */
export type StandbyMode = Exclude<Mode, "bare">;

/** How the last real Pod goes. */
export const LOSSES = ["forced", "draining", "stopping", "crashing"] as const;
export type Loss = (typeof LOSSES)[number];

export const MODE_NAMES: Record<Mode, string> = {
  bare: "a bare Pod",
  cold: "Cold",
  warm: "Warm",
  "warm-unattended": "Warm, operator scaled to zero",
  original: "the original's controller",
};

export const LOSS_NAMES: Record<Loss, string> = {
  forced: "Forced deletion",
  draining: "Graceful deletion, the Pod drains",
  stopping: "Graceful deletion, the Pod stops at once",
  crashing: "Crash of the container",
};
