import { FuseInitError, type Network } from '@fuseinit/core';
import { liveLayersOf } from '../network/layer-internals.js';
import type { Layer, LayersModel } from '../tensorflow.js';

/**
 * Refuses a teacher that training the student would change. Frozen layers may be of both.
 *
 * @throws ARGUMENT_INVALID for a teacher that has weights of the student's trained layers.
 */
export function requireSeparateTeacher(
  student: Network,
  frozen: ReadonlySet<Layer>,
  teacher: LayersModel,
): void {
  const taught = new Set(teacher.weights.map((weight) => weight.read()));
  const shared = [...liveLayersOf(student)].find(
    ([layer]) => !frozen.has(layer) && layer.weights.some((weight) => taught.has(weight.read())),
  )?.[1];
  if (shared === undefined) return;
  throw new FuseInitError(
    'ARGUMENT_INVALID',
    `The layer "${shared}" of the student is the teacher's as well, so training would change the teacher: give the student layers of its own, or freeze this one.`,
    { layerName: shared },
  );
}
