import { GROUP, PLURAL } from "../../capabilities/domain/crd";
import { connect, type ConnectionOptions } from "./connection";
import { lameServices, type Fallback, type LameService } from "./lame";
import { operatorConfig } from "./operator-config";
import { EXIT, type ExitCode } from "./outcome";
import { note, printJson, printText, type OutputOptions } from "./output";
import { takePicture } from "./picture";
import { type Styler, stylerFor } from "./style";
import { age, table } from "./table";

export interface LameOptions extends ConnectionOptions, OutputOptions {
  readonly namespace?: string;
}

/** `critsvc lame`. @throws {UserError | ApiError} */
export async function lame(options: LameOptions): Promise<ExitCode> {
  connect(options);
  const [picture, { config }] = await Promise.all([
    takePicture(options.namespace),
    operatorConfig(),
  ]);
  if (!picture.criticalServices) {
    note(`The API server has no ${PLURAL}.${GROUP}: the operator was never here`);
  }
  const services = lameServices(picture, config);
  if (options.output === "json") {
    printJson({ services });
  } else if (services.length > 0) {
    printText(lameTable(services, new Date(), stylerFor(process.stdout)));
  } else {
    const where = options.namespace === undefined ? "" : ` in namespace ${options.namespace}`;
    note(`None of the ${picture.services.length} Service(s)${where} is lame`);
  }
  return services.length > 0 ? EXIT.amiss : EXIT.ok;
}

const COLOURS = {
  Blocked: "red",
  None: "red",
  Waiting: "yellow",
  Starting: "yellow",
  Active: "yellow",
  Releasing: "green",
  Healthy: "green",
} as const satisfies Record<Fallback["phase"], string>;

/** The lame Services for people. */
export function lameTable(services: readonly LameService[], now: Date, style: Styler): string {
  const head = ["NAMESPACE", "SERVICE", "FALLBACK", "SINCE", "PROTECTED BY", "WHY"];
  const rows = services.map(({ namespace, name, protectedBy, fallback }) => [
    { text: namespace },
    { text: name },
    { text: fallback.phase, style: (text: string) => style(COLOURS[fallback.phase], text) },
    { text: age(fallback.since, now) },
    { text: protectedBy.join(",") || "-" },
    { text: fallback.message },
  ]);
  return table(head, rows);
}
