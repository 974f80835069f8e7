import type { ModelCost } from '@fuseinit/tfjs';

/** One of the two networks. */
export interface ReportedNetwork {
  readonly name: string;
  readonly cost: ModelCost;
  /** In an order in which they can be run. */
  readonly layers: readonly ReportedLayer[];
}

export interface ReportedLayer {
  /** After the names of the models it is nested in. */
  readonly name: string;
  readonly className: string;
  /** Of its first output for one sample; null for a length that is open. */
  readonly outputShape: readonly (number | null)[];
  /** Names of the layers whose outputs it reads. */
  readonly readsFrom: readonly string[];
  readonly isOutput: boolean;
  readonly parameters: number;
  /** Per sample. */
  readonly multiplyAdds: number;
}
