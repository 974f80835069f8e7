import type { LayersModel } from '../tensorflow.js';

/** What tfjs keeps of a compilation, not typed for the outside. */
interface Compiled {
  optimizer?: { getConfig(): object; constructor: unknown };
  loss?: unknown;
  metrics?: unknown;
  isOptimizerOwned?: boolean;
}

/**
 * Compiles a model that was made of another one as that was, with an optimizer of its own; nothing where that
 * wasn't compiled.
 *
 * @param name What the warning calls the model.
 * @returns A warning where that can't be done, and the student isn't compiled.
 */
export function compileLike(teacher: LayersModel, student: LayersModel, name = 'student'): string[] {
  const { optimizer, loss, metrics } = teacher as unknown as Compiled;
  if (!optimizer || loss === undefined) return [];
  const optimizerClass = optimizer.constructor as { fromConfig(cls: unknown, config: object): unknown };
  let own: { dispose?(): void } | undefined;
  try {
    own = optimizerClass.fromConfig(optimizerClass, optimizer.getConfig()) as typeof own;
    student.compile({
      optimizer: own as never,
      loss: byStudentOutputs(teacher, student, loss) as never,
      ...(metrics === undefined ? {} : { metrics: byStudentOutputs(teacher, student, metrics) as never }),
    });
  } catch (error) {
    own?.dispose?.();
    return [
      `The ${name} isn't compiled, since it couldn't be as the ${name === 'student' ? 'teacher' : 'model given'} is (${(error as Error)?.message}): compile it before you train or evaluate it by TensorFlow.js.`,
    ];
  }
  // Made here, so the student disposes it.
  (student as unknown as Compiled).isOptimizerOwned = true;
  return [];
}

/**
 * What is told by the names of outputs, by those of the student, where a fused output layer has another name.
 */
function byStudentOutputs(teacher: LayersModel, student: LayersModel, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const [from, to] = [teacher.outputNames, student.outputNames];
  const told = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    from.flatMap((name, index) => (Object.hasOwn(told, name) ? [[to[index]!, told[name]]] : [])),
  );
}
