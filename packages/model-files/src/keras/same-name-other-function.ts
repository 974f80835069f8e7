import { FuseInitError } from '@fuseinit/core';
import { isObject, type JsonObject } from '../json-object.js';
import { serializedObject } from './serialized-object.js';

/**
 * Refuses what Keras 3 and TensorFlow.js both know by one name and compute differently.
 *
 * @throws MODEL_UNSUPPORTED with the layer.
 */
export function refuseOtherFunctions(topology: JsonObject): void {
  const { keras_version: version } = topology;
  if (typeof version !== 'string' || !(Number.parseInt(version, 10) >= 3)) return;
  visit(topology, (config) => {
    if (config.activation !== 'hard_sigmoid' && config.recurrent_activation !== 'hard_sigmoid') return;
    const layerName = String(config.name);
    throw new FuseInitError(
      'MODEL_UNSUPPORTED',
      `Layer ${layerName} uses hard_sigmoid: Keras 3's is relu6(x + 3) / 6, that of TensorFlow.js clips 0.2 x + 0.5. Train the model with another activation.`,
      { layerName },
    );
  });
}

function visit(value: unknown, see: (config: JsonObject) => void): void {
  if (Array.isArray(value)) for (const inner of value) visit(inner, see);
  if (!isObject(value)) return;
  const object = serializedObject(value);
  if (object) see(object.config);
  for (const inner of Object.values(value)) visit(inner, see);
}
