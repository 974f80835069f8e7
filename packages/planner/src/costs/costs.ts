/** The costs of a network, or the changes in them due to a fusion. */
export interface Costs {
  /** The time for one batch in seconds, on the measured backend. */
  readonly latency: number;
  readonly parameters: number;
  /** The number of multiply-adds per sample. */
  readonly multiplyAdds: number;
  /** The number of layers that multiply by weights. */
  readonly depth: number;
}

/** The name of a cost. */
export type CostName = keyof Costs;

/** The names of all costs, in the order in which tables show them. */
export const costNames = ['latency', 'parameters', 'multiplyAdds', 'depth'] as const satisfies CostName[];

export function addCosts(first: Costs, second: Costs): Costs {
  return {
    latency: first.latency + second.latency,
    parameters: first.parameters + second.parameters,
    multiplyAdds: first.multiplyAdds + second.multiplyAdds,
    depth: first.depth + second.depth,
  };
}
