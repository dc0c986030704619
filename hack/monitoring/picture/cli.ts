import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crdServed } from "../../deployment";
import { openEmbedded } from "../../session";
import { concrete, ROWS, type Panel } from "../panels";
import { draw } from "./draw";
import type { Answer } from "./plot";
import { Prometheus } from "./prometheus";
import { playStory } from "./story";

/**
 * `npx tsx hack/monitoring/picture/cli.ts`: plays a story to the operator, with a Prometheus beside
 * it, and draws the dashboard from what that has to say. Needs the program `prometheus`.
 */
const PICTURE = join(__dirname, "..", "..", "..", "docs", "images", "dashboard.svg");
const STEP_SECONDS = 2;

async function run(): Promise<void> {
  const session = await openEmbedded(console.log);
  const dir = mkdtempSync(join(tmpdir(), "critical-service-operator-"));
  try {
    const prometheus = await Prometheus.start(dir, session.metricsPort);
    await crdServed(session.kubectl);
    const start = Math.ceil(Date.now() / 1000);
    await playStory(session.kubectl, console.log);
    writeFileSync(PICTURE, draw(await ask(prometheus, start)));
    console.log(`Written: ${PICTURE}`);
    prometheus.stop();
  } finally {
    await session.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** @throws Error if a query is bad, or a panel stays empty */
async function ask(prometheus: Prometheus, start: number): Promise<Map<Panel, Answer>> {
  const end = Math.floor(Date.now() / 1000);
  const answers = new Map<Panel, Answer>();
  for (const panel of ROWS.flatMap(({ panels }) => panels)) {
    const queries = panel.queries.map(({ expr }) => concrete(expr, end - start));
    const range = { start, end, step: STEP_SECONDS };
    const series = await Promise.all(queries.map(query => prometheus.range(query, range)));
    if (series.flat().length === 0) {
      throw new Error(`The panel "${panel.title}" shows nothing`);
    }
    answers.set(panel, { range, series });
  }
  return answers;
}

run().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
