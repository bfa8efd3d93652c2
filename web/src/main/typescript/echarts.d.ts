// What is used of ECharts 6, whose packages on Maven Central come without types.

declare module "echarts/core" {
  // Options are nested records of a hundred kinds; ECharts itself says what it cannot use.
  // deno-lint-ignore no-explicit-any
  export type EChartsOption = Record<string, any>;
  export interface ECharts {
    setOption(option: EChartsOption, notMerge?: boolean): void;
    resize(): void;
    dispose(): void;
  }
  export function use(parts: unknown[]): void;
  export function init(place: HTMLElement, theme: null, how: { renderer: "svg" }): ECharts;
  export function getInstanceByDom(place: HTMLElement): ECharts | undefined;
}

declare module "echarts/charts" {
  export const BarChart: unknown;
  export const HeatmapChart: unknown;
  export const LineChart: unknown;
}

declare module "echarts/components" {
  export const AriaComponent: unknown;
  export const GridComponent: unknown;
  export const LegendComponent: unknown;
  export const TooltipComponent: unknown;
  export const VisualMapContinuousComponent: unknown;
  export const VisualMapPiecewiseComponent: unknown;
}

declare module "echarts/renderers" {
  export const SVGRenderer: unknown;
}
