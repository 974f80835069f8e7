import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';

export interface LineChartProps {
  readonly title: string;
  readonly format: (value: number) => string;
  /** Positions, the fused student's values, those of the random weights. */
  readonly data: [number[], number[], number[]];
}

/** Two curves that differ in color and in dashes. The table beside it says the same in words. */
export function LineChart({ title, format, data }: LineChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const latest = useRef(data);
  latest.current = data;
  // Made once: later data are set below, and a new plot is drawn only for new colors.
  useEffect(() => {
    const element = place.current!;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsFor(element, format), latest.current, element);
    };
    draw();
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const resize = new ResizeObserver(() => plot.current?.setSize(sizeOf(element)));
    resize.observe(element);
    dark.addEventListener('change', draw);
    return () => {
      dark.removeEventListener('change', draw);
      resize.disconnect();
      plot.current?.destroy();
    };
  }, []);
  useEffect(() => plot.current?.setData(data), [data]);
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      <div ref={place} aria-hidden="true" />
    </figure>
  );
}

function sizeOf(element: HTMLElement) {
  return { width: Math.max(200, element.clientWidth), height: 220 };
}

function optionsFor(element: HTMLElement, format: (value: number) => string): uPlot.Options {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: color('--ink-soft'),
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
    font: `12px ${style.fontFamily}`,
  };
  return {
    ...sizeOf(element),
    scales: { x: { time: false } },
    legend: { show: false },
    cursor: { show: false },
    axes: [
      { ...axis, grid: { show: false }, incrs: [1, 2, 5, 10], values: (_, marks) => marks.map(String) },
      { ...axis, size: 52, values: (_, marks) => marks.map(format) },
    ],
    series: [
      {},
      { stroke: color('--accent'), width: 2, points: { show: true, size: 5, fill: color('--accent') } },
      {
        stroke: color('--contrast'),
        width: 2,
        dash: [5, 4],
        points: { show: true, size: 5, fill: color('--paper') },
      },
    ],
  };
}
