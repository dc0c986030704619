// What capabilities of your own may build on. It grows, but nothing in it is renamed or taken away.
export type { Phase } from "./domain/service-state";
export type { Hooks, Transition, TransitionListener } from "./engine/transitions";
