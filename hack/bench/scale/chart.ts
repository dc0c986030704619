import { init } from "echarts";
import { CONTENDER_NAMES, CONTENDERS, type ContenderName } from "./contender";
import type { Figure } from "./figures";
import type { Measured } from "./results";

const SIZE = { width: 760, height: 380 };
/** To be read on white and on black. */
const TEXT = "#7d8590";
const COLOURS: Record<ContenderName, string> = {
  floor: "#8c959f",
  "floor-node": "#57a773",
  ours: "#4a90d9",
  before: "#9a6dd7",
  original: "#e5a50a",
};
const DASHES = ["solid", "dashed", "dotted"] as const;

/**
 * An SVG of figures over the number of Services, both axes logarithmic, with a line for each
 * contender; the second figure's lines are dashed. What is not above 0 has no place on it.
 */
export function chart(figures: readonly Figure[], measured: readonly Measured[]): string {
  const plot = init(null, null, { renderer: "svg", ssr: true, ...SIZE });
  const axis = {
    type: "log",
    axisLabel: { color: TEXT },
    nameTextStyle: { color: TEXT },
    splitLine: { lineStyle: { color: TEXT, opacity: 0.25 } },
  } as const;
  plot.setOption({
    animation: false,
    legend: { bottom: 0, textStyle: { color: TEXT } },
    grid: { left: 70, right: 30, top: 40, bottom: 90 },
    xAxis: { ...axis, name: "Services", nameLocation: "middle", nameGap: 28 },
    yAxis: { ...axis, name: figures[0]?.unit },
    series: figures.flatMap((figure, index) =>
      CONTENDERS.flatMap(name => series(figure, DASHES[index] ?? "dotted", name, measured)),
    ),
  });
  const svg = plot.renderToSVGString();
  plot.dispose();
  return svg;
}

function series(
  figure: Figure,
  type: (typeof DASHES)[number],
  name: ContenderName,
  measured: readonly Measured[],
) {
  const data = measured
    .filter(({ contender }) => contender === name)
    .map(one => [one.size, figure.of(one) ?? 0])
    .filter(([, value = 0]) => value > 0);
  if (data.length === 0) return [];
  const suffix = type === "solid" ? "" : `, ${figure.id}`;
  const color = COLOURS[name];
  return [
    {
      type: "line" as const,
      name: CONTENDER_NAMES[name] + suffix,
      data,
      color,
      symbolSize: 8,
      lineStyle: { type, color },
    },
  ];
}
