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
      case "two operators":
      case "rolling restart":
        await this.#runTwo(fault.kind, faultMs);
        return;
      default:
        await this.#disturb(fault, faultMs);
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

  async #runTwo(kind: "two operators" | "rolling restart", ms: number): Promise<void> {
    this.#second = await this.#start();
    await sleep(ms);
    if (kind === "rolling restart") {
      await this.#operator?.stop("SIGTERM");
      this.#operator = this.#second;
    } else {
      await this.#second.stop("SIGKILL");
    }
    this.#second = undefined;
  }

  #start(): Promise<SupervisedOperator> {
    this.#started++;
    return SupervisedOperator.start(`operator-${this.#started}`, this.ground);
  }
}
