import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { isReady } from "../capabilities/domain/fallback-pod";
import type { Kubectl } from "./kubectl";
import type { OperatorProcess } from "./operator";
import { readyPods, World } from "./world";

const SAMPLES = join(__dirname, "samples");
export const NAMESPACE = "linux-mag";
const SERVICE = "frontend";
const FALLBACK = `service-watcher-${SERVICE}`;
const REAL = "web";

interface Stage {
  readonly kubectl: Kubectl;
  readonly operator: OperatorProcess;
  readonly print: (line: string) => void;
  /** Milliseconds that one step may take. */
  readonly timeoutMs: number;
}

/**
 * Plays the article's scenario, and prints each step when it was seen to happen, with the time
 * since what set it off.
 *
 * @throws Error that names the step which did not happen
 */
export async function playScenario(stage: Stage): Promise<void> {
  const world = new World();
  stage.operator.onLine(() => {
    world.changed();
  });
  try {
    await new Scenario(stage, world).play();
  } finally {
    world.close();
  }
}

class Scenario {
  #begin = 0;

  constructor(
    private readonly stage: Stage,
    private readonly world: World,
  ) {}

  async play(): Promise<void> {
    await this.stage.kubectl.apply(sample("1-namespace"), sample("2-pod-template"));
    await this.world.follow(NAMESPACE);

    this.#act(`A NodePort Service ${SERVICE} without any Pod`);
    await this.stage.kubectl.apply(sample("3-service"));
    await this.#expectLog("the operator warns", "has no selected POD");

    this.#act(`A CriticalService that names ${SERVICE} by its label`);
    await this.stage.kubectl.apply(sample("4-critical-service"));
    await this.#expectFallback();

    this.#act(`The real Pod ${REAL} starts`);
    await this.stage.kubectl.apply(sample("5-pod"));
    await this.#expectReal();

    this.#act(`The real Pod ${REAL} is deleted`);
    // kubectl waits until the Pod is gone; the fallback does not.
    const deleted = this.stage.kubectl.delete("pod", REAL, "-n", NAMESPACE);
    await Promise.all([deleted, this.#expectFallback()]);

    this.#act(`The real Pod ${REAL} is back`);
    await this.stage.kubectl.apply(sample("5-pod"));
    await this.#expectReal();
  }

  async #expectFallback(): Promise<void> {
    const { world } = this;
    await this.#expect(`Pod ${FALLBACK} is created`, () => world.pods.has(FALLBACK));
    await this.#expect(`Pod ${FALLBACK} is Ready`, () => isReady(world.pods.get(FALLBACK) ?? {}));
    await this.#expectEndpoints(FALLBACK);
  }

  async #expectReal(): Promise<void> {
    const { world } = this;
    await this.#expect(`Pod ${REAL} is Ready`, () => isReady(world.pods.get(REAL) ?? {}));
    await this.#expectLog("the operator sees it", "now has 1 selected POD(s)");
    await this.#expect(`Pod ${FALLBACK} is gone`, () => !world.pods.has(FALLBACK));
    await this.#expectEndpoints(REAL);
  }

  #expectEndpoints(pod: string): Promise<void> {
    return this.#expect(
      `the EndpointSlice of Service ${SERVICE} points at ${pod}`,
      () => readyPods(this.world, SERVICE).join() === pod,
    );
  }

  #expectLog(what: string, text: string): Promise<void> {
    const said = () =>
      this.stage.operator.lines.find(
        ({ time, msg }) =>
          time >= this.#begin && msg.includes(`Service ${SERVICE} `) && msg.includes(text),
      );
    return this.#expect(`${what}: "${text}"`, () => said() !== undefined);
  }

  #act(what: string): void {
    this.#begin = Date.now();
    this.stage.print(`\n${what}`);
  }

  async #expect(what: string, condition: () => boolean): Promise<void> {
    await this.world.until(what, condition, this.stage.timeoutMs);
    const elapsed = String(Date.now() - this.#begin).padStart(6);
    this.stage.print(`${elapsed} ms  ${what}`);
  }
}

function sample(name: string): object {
  return parse(readFileSync(join(SAMPLES, `${name}.yaml`), "utf8")) as object;
}
