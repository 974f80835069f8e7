/** What a network costs, or by how much a fusion changes that. */
export interface Costs {
  /** Seconds for one batch, on the backend that was measured. */
  readonly latency: number;
  readonly parameters: number;
  /** Per sample. */
  readonly multiplyAdds: number;
  /** Layers that hold weights and multiply. */
  readonly depth: number;
}

/** What a plan may be held down in. */
export type CostName = keyof Costs;

/** The names of all costs, in the order of tables. */
export const costNames = ['latency', 'parameters', 'multiplyAdds', 'depth'] as const satisfies CostName[];

export function addCosts(first: Costs, second: Costs): Costs {
  return {
    latency: first.latency + second.latency,
    parameters: first.parameters + second.parameters,
    multiplyAdds: first.multiplyAdds + second.multiplyAdds,
    depth: first.depth + second.depth,
  };
}
