import { setTimeout as sleep } from "node:timers/promises";
import type { ProxyFault } from "./faults";
import { SupervisedOperator, type Ground } from "./operators";
import type { Fault, Round } from "./plan";

/** The operators of a campaign, and what is done to them and their API server. */
export class Stage {
  #started = 0;
  /** The operator that goes on to run; a second one is there for a while at most. */
  #operator: SupervisedOperator | undefined;
  #second: SupervisedOperator | undefined;

  constructor(private readonly ground: Ground) {}

  /** Starts the first operator. */
  async open(): Promise<void> {
    this.#operator = await this.#start();
  }

  async close(): Promise<void> {
    await Promise.all(this.operators.map(operator => operator.stop("SIGKILL")));
  }

  get operators(): SupervisedOperator[] {
    return [this.#operator, this.#second].filter(operator => operator !== undefined);
  }

  /** Whether the operator that goes on to run has its watches open. */
  get isWatching(): boolean {
    return this.#operator?.isWatching === true;
  }

  /** Brings about what has to be there when the fault begins: a second operator that watches. */
  async prepare({ fault }: Round): Promise<void> {
    if (hasTwoOperators(fault)) {
      this.#second = await this.#start();
      await this.#second.watches();
      this.#second.fault =
        fault.kind === "two operators, one slow" ? { ...fault, kind: "slow" } : undefined;
    }
  }

  /** Has a fault come and go; returns when the API server and one operator run again. */
  async suffer({ fault, faultMs }: Round): Promise<void> {
    switch (fault.kind) {
      case "none":
        return;
      case "API server killed":
      case "etcd killed":
        await this.#restartControlPlane(fault);
        return;
      case "operator killed":
        await sleep(faultMs);
        await this.#operator?.kill();
        return;
      case "killed at a write":
        await this.#killAtWrite("asked", faultMs);
        return;
      case "killed after a write":
        await this.#killAtWrite("answered", faultMs);
        return;
      default:
        await (hasTwoOperators(fault)
          ? this.#runTwo(fault.kind, faultMs)
          : this.#disturb(fault, faultMs));
    }
  }

  async #disturb(fault: ProxyFault, faultMs: number): Promise<void> {
    this.#setFault(fault);
    await sleep(faultMs);
    this.#setFault(undefined);
  }

  #setFault(fault: ProxyFault | undefined): void {
    for (const operator of this.operators) {
      operator.fault = fault;
    }
  }

  async #restartControlPlane(fault: Extract<Fault, { downMs: number }>): Promise<void> {
    const name = fault.kind === "etcd killed" ? "etcd" : "kube-apiserver";
    await this.ground.controlPlane.restart(name, fault.downMs);
  }

  /** Kills the operator the next time it writes a Pod or an EndpointSlice, or when the time is up. */
  #killAtWrite(moment: "asked" | "answered", ms: number): Promise<void> {
    const operator = this.#operator;
    return new Promise(resolve => {
      const kill = () => {
        operator?.proxy.writes.off(moment, kill);
        clearTimeout(timer);
        resolve(operator?.kill());
      };
      const timer = setTimeout(kill, ms);
      operator?.proxy.writes.on(moment, kill);
    });
  }

  async #runTwo(kind: TwoOperators["kind"], ms: number): Promise<void> {
    await sleep(ms);
    if (kind === "rolling restart") {
      await this.#operator?.stop("SIGTERM");
      this.#operator = this.#second;
    } else {
      await this.#second?.stop("SIGKILL");
    }
    this.#second = undefined;
  }

  #start(): Promise<SupervisedOperator> {
    this.#started++;
    return SupervisedOperator.start(`operator-${this.#started}`, this.ground);
  }
}

type TwoOperators = Extract<Fault, { kind: `two operators${string}` | "rolling restart" }>;

function hasTwoOperators(fault: Fault): fault is TwoOperators {
  return fault.kind.startsWith("two operators") || fault.kind === "rolling restart";
}
