import type { kind } from "kubernetes-fluent-client";
import { Log } from "pepr";
import { Actor } from "./act";
import { Attention } from "./attention";
import { watchesNamespace, type Config } from "../domain/config";
import { contentSource, isPodTemplate } from "../domain/content-source";
import type { CriticalServiceObject } from "../domain/critical-service";
import type {
  EndpointSliceObject,
  ObjectMeta,
  PodObject,
  ServiceKey,
  ServiceObject,
} from "../domain/kubernetes";
import { METRICS } from "../domain/metrics";
import { isUrgent } from "../domain/situation";
import { View } from "../domain/view";
import { clusterApi, type ClusterApi } from "../cluster";
import { EventRecorder } from "./event-recorder";
import { FallbackContent } from "./fallback-content";
import { LamenessLog } from "./lameness-log";
import { Metrics } from "./metrics";
import { PodTemplates } from "./pod-templates";
import { ProblemLog } from "./problem-log";
import { QueueMetrics } from "./queue-metrics";
import { Reconciler } from "./reconcile";
import { ServiceMetrics } from "./service-metrics";
import { ServiceStates } from "./service-states";
import { StatusWriter } from "./status-writer";
import { Transitions, type Hooks, type TransitionListener } from "./transitions";
import { WorkQueue } from "./work-queue";

const CONCURRENCY = 20;
const RETRY_BACKOFF = { baseMs: 500, maxMs: 30_000 };

/**
 * What the bindings talk to. An event changes the view and queues the Services that it concerns,
 * all in one go and without I/O: Pepr runs callbacks side by side and loses their errors.
 */
export class Operator implements Hooks {
  readonly metrics = new Metrics();
  readonly #log: typeof Log = Log.child({ component: "operator" });
  readonly #config: Config;
  readonly #view = new View();
  readonly #attention = new Attention(this.#view);
  readonly #templates = new PodTemplates();
  readonly #queue: WorkQueue;
  readonly #problems: ProblemLog;
  readonly #status: StatusWriter;
  readonly #transitions = new Transitions(this.#log);
  #settled = false;

  constructor(config: Config, api: ClusterApi = clusterApi) {
    this.#config = config;
    const log = this.#log;
    const view = this.#view;
    const problems = (this.#problems = new ProblemLog(log));
    const queues = new QueueMetrics(this.metrics);
    const events = new EventRecorder(api, log, queues);
    const states = new ServiceStates({
      events,
      transitions: this.#transitions,
      metrics: new ServiceMetrics(this.metrics),
      log,
      onChange: names => {
        this.#status.refresh(names);
      },
    });
    const isSettled = () => this.#isSettled();
    this.#status = new StatusWriter({ view, states, api, events, queues, log, isSettled });
    const lameness = new LamenessLog(log);
    this.metrics.gauge(METRICS.lameServices, () => [[lameness.count, {}]]);
    const getPodTemplate = (namespace: string, name: string) =>
      Promise.resolve(this.#templates.get(namespace, name));
    const content = new FallbackContent({ ...api, getPodTemplate }, config);
    const actor = new Actor({ api, view, config, content, log });
    const reconciler = new Reconciler({ view, actor, content, lameness, states, log });
    this.#queue = new WorkQueue({
      concurrency: CONCURRENCY,
      backoff: RETRY_BACKOFF,
      meter: queues.meter("service", CONCURRENCY),
      isUrgent: key => isUrgent(view.situation(key)),
      work: async (key, { since }) => {
        const againInMs = await reconciler.reconcile(key, since);
        problems.clear(key);
        return againInMs;
      },
      onFailure: (key, error, retryMs) => {
        problems.report(key, error, retryMs);
      },
    });
  }

  onTransition(listener: TransitionListener): void {
    this.#transitions.onTransition(listener);
  }

  serviceSeen(service: ServiceObject): void {
    this.#handle(service, () => this.#view.setService(service));
  }

  serviceGone(service: ServiceObject): void {
    this.#handle(service, () => this.#view.dropService(service));
  }

  endpointSliceSeen(slice: EndpointSliceObject): void {
    this.#handle(slice, () => this.#view.setSlice(slice));
  }

  endpointSliceGone(slice: EndpointSliceObject): void {
    this.#handle(slice, () => this.#view.dropSlice(slice));
  }

  fallbackPodSeen(pod: PodObject): void {
    this.#handle(pod, () => this.#view.setFallback(pod));
  }

  fallbackPodGone(pod: PodObject): void {
    this.#handle(pod, () => this.#view.dropFallback(pod));
  }

  /** Services that were waiting for it are tried again at once. */
  podTemplateSeen(podTemplate: kind.PodTemplate): void {
    this.#templates.set(podTemplate);
    const { podTemplate: byDefault } = this.#config;
    const isAwaited = (key: ServiceKey): boolean => {
      const { protectedBy = [] } = this.#view.situation(key);
      return isPodTemplate(contentSource(protectedBy), podTemplate.metadata ?? {}, byDefault);
    };
    this.#queue.add(...this.#problems.services.filter(isAwaited));
  }

  podTemplateGone(podTemplate: kind.PodTemplate): void {
    this.#templates.drop(podTemplate);
  }

  criticalServiceSeen(criticalService: CriticalServiceObject): void {
    const keys = this.#view.setCriticalService(criticalService);
    const { name = "" } = criticalService.metadata ?? {};
    if (!keys) {
      // A write that was given up may have come through, or another operator's been the last.
      this.#status.refresh([name]);
      return;
    }
    const { problems = [] } = this.#view.criticalService(name) ?? {};
    if (problems.length > 0) {
      const faults = problems.join("; ");
      this.#log.warn({ criticalService: name }, `CriticalService ${name} is ignored: ${faults}`);
    }
    this.#lookAt(keys);
    this.#status.refresh([name]);
  }

  criticalServiceGone(criticalService: CriticalServiceObject): void {
    this.#lookAt(this.#view.dropCriticalService(criticalService));
  }

  /**
   * To be called when all there is was listed. What something of ours is there for is looked at again:
   * a list says what is, and not what has come and gone while a watch was dead.
   */
  allIsKnown(): void {
    this.#lookAt(this.#view.allIsKnown());
  }

  /** Whether everything known was dealt with once since the start. */
  #isSettled(): boolean {
    this.#settled ||= this.#view.knowsCriticalServices && this.#queue.isIdle;
    return this.#settled;
  }

  #handle(object: { metadata?: ObjectMeta }, change: () => ServiceKey[]): void {
    if (watchesNamespace(this.#config, object.metadata?.namespace ?? "")) {
      this.#lookAt(change());
    }
  }

  /** What is listed at the start is looked at when all of it is known. */
  #lookAt(keys: readonly ServiceKey[]): void {
    if (this.#view.knowsCriticalServices) {
      this.#queue.add(...keys.filter(key => this.#attention.isDue(key)));
    }
  }
}
