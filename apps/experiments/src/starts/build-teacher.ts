import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';
import type { layers } from '@tensorflow/tfjs';
import type { Experiment } from '../experiment.js';

/** The teacher of an experiment, its weights not yet drawn. */
export function buildTeacher(tf: TensorFlow, { name, teacher }: Experiment): LayersModel {
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  return tf.sequential({
    name: name.replace(/-/g, '_'),
    layers: teacher.map(({ className, config }) => {
      const [layerClass, fromConfig] = classNameMap[className]!;
      return fromConfig(layerClass as never, { ...config } as never) as unknown as layers.Layer;
    }),
  });
}
