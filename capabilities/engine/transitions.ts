import type { Log } from "pepr";
import type { Phase } from "../domain/service-state";

/** That a critical Service has come from one phase into another. */
export interface Transition {
  readonly service: { readonly namespace: string; readonly name: string };
  /** Undefined: the Service was not looked after, or this process has only just seen it. */
  readonly from: Phase | undefined;
  /** Undefined: the Service is gone, or no longer critical. */
  readonly to: Phase | undefined;
  /** Why it is in this phase, in words that follow the Service's name. */
  readonly message: string;
  /** Names of the CriticalServices that name it. */
  readonly criticalServices: readonly string[];
  readonly at: Date;
}

/** Called for each transition, and not waited for. What it throws is logged. */
export type TransitionListener = (transition: Transition) => void | Promise<void>;

/** What capabilities may build on. */
export interface Hooks {
  /**
   * Has a listener called whenever a critical Service changes its phase. Each watcher calls its own;
   * nothing is remembered over a restart, after which a Service that is well, or on its fallback, is
   * not told of until it changes.
   */
  onTransition(listener: TransitionListener): void;
}

/** Tells listeners of transitions. */
export class Transitions implements Hooks {
  readonly #log: typeof Log;
  readonly #listeners: TransitionListener[] = [];

  constructor(log: typeof Log) {
    this.#log = log;
  }

  onTransition(listener: TransitionListener): void {
    this.#listeners.push(listener);
  }

  /** Tells all listeners; a slow or broken one keeps nobody else waiting. */
  tell(transition: Transition): void {
    for (const listener of this.#listeners) {
      void this.#call(listener, transition);
    }
  }

  async #call(listener: TransitionListener, transition: Transition): Promise<void> {
    try {
      await listener(transition);
    } catch (error) {
      const { service } = transition;
      const fields = { err: error, service, listener: listener.name };
      this.#log.error(fields, "A listener could not be told of a transition");
    }
  }
}
