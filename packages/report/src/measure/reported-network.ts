import { costOf, describe, type LayersModel } from '@fuseinit/tfjs';
import type { ReportedNetwork } from '../data/reported-network.js';

/** @throws MODEL_UNSUPPORTED, MODEL_UNBUILT, MODEL_DISPOSED for what is no living LayersModel. */
export function reportedNetwork(
  model: LayersModel,
  inputShapes?: readonly (readonly number[])[],
): ReportedNetwork {
  const { name, layers } = describe(model, { ...(inputShapes && { inputShapes }) });
  return {
    name,
    cost: costOf(model, inputShapes),
    layers: layers.map(({ outputShapes, inputShapes: _, feeds: __, ...layer }) => ({
      ...layer,
      outputShape: outputShapes[0]?.slice(1) ?? [],
    })),
  };
}
