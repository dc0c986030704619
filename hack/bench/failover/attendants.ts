import { fallbackTemplate } from "../pods";
import type { Mode } from "./kinds";
import type { ClusterOperator } from "./operator";
import type { OriginalController } from "../original";
import type { Stage } from "./stage";

type Attendant = "operator" | "nobody" | "original";

const ATTENDANT: Record<Mode, Attendant> = {
  bare: "operator",
  cold: "operator",
  warm: "operator",
  "warm-unattended": "nobody",
  original: "original",
};

/** Sees to it that a mode's controller runs, and no other. */
export class Attendants {
  #now: Attendant | undefined;

  /** @param lame name of a Service without Pods */
  constructor(
    private readonly operator: ClusterOperator,
    private readonly original: OriginalController | undefined,
    private readonly kubeconfig: string,
    private readonly lame: string,
  ) {}

  async attend(stage: Stage): Promise<void> {
    const wanted = ATTENDANT[stage.mode];
    if (wanted === this.#now) return;
    await this.original?.stop();
    if (wanted === "operator") await this.operator.start(this.lame);
    else await this.operator.stop();
    if (wanted === "original") await this.#startOriginal(stage);
    this.#now = wanted;
  }

  async close(): Promise<void> {
    await this.original?.stop();
  }

  async #startOriginal({ name }: Stage): Promise<void> {
    const template = fallbackTemplate(name).metadata;
    // Events of all three kinds; those of Pods have the namespace at their end.
    const known = [`, Service Name: ${name}`, `Namespace: ${name}\n`, `CriticalService ${name}`];
    await this.original?.start({
      kubeconfig: this.kubeconfig,
      env: {
        LOG_LEVEL: "INFO",
        NAMESPACES: name,
        POD_TEMPLATE: template.name,
        POD_TEMPLATE_NS: template.namespace,
      },
      isReady: output => known.every(text => output.includes(text)),
    });
  }
}
