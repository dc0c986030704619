import { ROWS, type Panel } from "../panels";
import { plot, text, type Answer, type Box } from "./plot";

const WIDTH = 1100;
const GAP = 8;
const ROW_HEAD = 34;
const FOOT = 30;
const SIZES = { number: { columns: 6, height: 100 }, lines: { columns: 2, height: 236 } };

const STYLE = `
text { font: 12px system-ui, sans-serif; fill: #1f2328 } .row { font-size: 15px; font-weight: 600 }
.head { font-weight: 600 } .number { text-anchor: end } .tick { text-anchor: middle }
.big { font-size: 34px; text-anchor: middle } .red { fill: #c4162a } .orange { fill: #d9730d }
.page { fill: #f4f5f5 } .panel { fill: #fff; stroke: #d8d9da }
line { stroke: #8c959f; stroke-opacity: .3 } path { fill: none; stroke-width: 1.5 }`;

/** The dashboard as SVG, with what a Prometheus answered to the queries of each panel. */
export function draw(answers: ReadonlyMap<Panel, Answer>): string {
  const parts: string[] = [];
  let y = GAP;
  for (const { title, panels } of ROWS) {
    parts.push(text(GAP, y + 20, title, "row"));
    y += ROW_HEAD;
    for (const [panel, box] of arrange(panels, y)) {
      const answer = answers.get(panel);
      parts.push(answer ? plot(panel, answer, box) : "");
      y = Math.max(y, box.y + box.height + GAP);
    }
  }
  const note =
    "Drawn from what a Prometheus answered to the dashboard's queries; it is not a screenshot of Grafana.";
  const height = y + FOOT;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
<title>The dashboard of the critical Services, in some bad minutes of a small shop</title>
<style>${STYLE}
</style>
<rect class="page" width="${WIDTH}" height="${height}"/>
${parts.join("\n")}
${text(GAP, height - 10, note)}
</svg>
`;
}

/** Panels from left to right, and below when a row is full. */
function arrange(panels: readonly Panel[], top: number): [Panel, Box][] {
  return panels.map((panel, index) => {
    const { columns, height } = SIZES[panel.kind];
    const width = (WIDTH - GAP) / columns - GAP;
    const x = GAP + (index % columns) * (width + GAP);
    const y = top + Math.floor(index / columns) * (height + GAP);
    return [panel, { x, y, width, height }];
  });
}
