import type { LayersModel } from '../tensorflow.js';

/** What tfjs keeps of a compilation, not typed for the outside. */
interface Compiled {
  optimizer?: { getConfig(): object; constructor: unknown };
  loss?: unknown;
  metrics?: unknown;
  isOptimizerOwned?: boolean;
}

/** Compiles a student as its teacher was, with an optimizer of its own; nothing where the teacher wasn't compiled. */
export function compileLike(teacher: LayersModel, student: LayersModel): void {
  const { optimizer, loss, metrics } = teacher as unknown as Compiled;
  if (!optimizer || loss === undefined) return;
  const optimizerClass = optimizer.constructor as { fromConfig(cls: unknown, config: object): unknown };
  student.compile({
    optimizer: optimizerClass.fromConfig(optimizerClass, optimizer.getConfig()) as never,
    loss: inOutputOrder(teacher, loss) as never,
    ...(metrics === undefined ? {} : { metrics: inOutputOrder(teacher, metrics) as never }),
  });
  // Made here, so the student disposes it.
  (student as unknown as Compiled).isOptimizerOwned = true;
}

/** Losses by the names of outputs as a list: a fused output layer has another name. */
function inOutputOrder(teacher: LayersModel, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return teacher.outputNames.map((name) => (value as Record<string, unknown>)[name]);
}
