import type { ServiceKey } from "../domain/kubernetes";
import { isOfConcern } from "../domain/situation";
import type { View } from "../domain/view";

/**
 * Which Services are to be looked at after a change. In a big cluster most changes are of Services
 * that are well and that no CriticalService names: nothing is to be done about them, nor told.
 */
export class Attention {
  readonly #view: View;
  readonly #ofConcern = new Set<ServiceKey>();

  constructor(view: View) {
    this.#view = view;
  }

  /** Whether a Service that has changed is of concern, or was when this was asked last. */
  isDue(key: ServiceKey): boolean {
    const was = this.#ofConcern.delete(key);
    const is = isOfConcern(this.#view.situation(key));
    if (is) {
      this.#ofConcern.add(key);
    }
    return was || is;
  }
}
